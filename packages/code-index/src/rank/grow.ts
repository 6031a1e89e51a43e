/** Typed arrays that grow: plain arrays of millions of numbers would take eight times the memory. */
export class Growing {
  private values: Uint32Array;
  length = 0;

  constructor(capacity = 1024) {
    this.values = new Uint32Array(capacity);
  }

  push(value: number): void {
    this.reserve(1);
    this.values[this.length++] = value;
  }

  append(values: Uint32Array): void {
    this.reserve(values.length);
    this.values.set(values, this.length);
    this.length += values.length;
  }

  taken(): Uint32Array {
    return this.values.slice(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.values.length) return;
    const next = new Uint32Array(Math.max(this.values.length * 2, this.length + more));
    next.set(this.values);
    this.values = next;
  }
}
