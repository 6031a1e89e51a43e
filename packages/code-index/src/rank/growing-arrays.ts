/** Typed arrays that grow: plain arrays of millions of numbers would take eight times the memory. */
class Growing<T extends Uint32Array | Uint8Array | Int8Array> {
  private values: T;
  private readonly make: (capacity: number) => T;
  length = 0;

  constructor(make: (capacity: number) => T) {
    this.make = make;
    this.values = make(1024);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(1);
    this.values[this.length++] = value;
  }

  append(values: T): void {
    this.reserve(values.length);
    this.values.set(values, this.length);
    this.length += values.length;
  }

  taken(): T {
    return this.values.slice(0, this.length) as T;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.values.length) return;
    const next = this.make(Math.max(this.values.length * 2, this.length + more));
    next.set(this.values);
    this.values = next;
  }
}

export const numbers = () => new Growing<Uint32Array>((capacity) => new Uint32Array(capacity));
export const bytes = () => new Growing<Uint8Array>((capacity) => new Uint8Array(capacity));
export const signedBytes = () => new Growing<Int8Array>((capacity) => new Int8Array(capacity));
