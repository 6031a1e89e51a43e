import { numbers } from "./growing-arrays.ts";

/** Short lists of numbers one behind the other: list `n` is `items[starts[n] .. starts[n + 1]]`. */
export type Lists = { starts: Uint32Array; items: Uint32Array };
/** The same, with how often each item counts. */
export type CountedLists = Lists & { counts: Uint8Array };

export function listAt({ starts, items }: Lists, n: number): Uint32Array {
  return items.subarray(starts[n] ?? 0, starts[n + 1] ?? 0);
}

export function lengthAt({ starts }: Lists, n: number): number {
  return (starts[n + 1] ?? 0) - (starts[n] ?? 0);
}

/** `count` lists without an item. */
export function emptyLists(count: number): CountedLists {
  return { starts: new Uint32Array(count + 1), items: new Uint32Array(), counts: new Uint8Array() };
}

/** Lists that are being written, the last of them open. */
export class GrowingLists {
  private readonly starts = numbers();
  readonly items = numbers();

  /** What is pushed from now on is the next list's. */
  begin(): void {
    this.starts.push(this.items.length);
  }

  /** Lists `first .. end` of others, copied in one piece. */
  append({ starts, items }: Lists, { first, end }: { first: number; end: number }): void {
    const from = starts[first] ?? 0;
    const shift = this.items.length - from;
    for (let n = first; n < end; n++) this.starts.push((starts[n] ?? 0) + shift);
    this.items.append(items.subarray(from, starts[end] ?? 0));
  }

  taken(): Lists {
    this.begin();
    return { starts: this.starts.taken(), items: this.items.taken() };
  }
}
