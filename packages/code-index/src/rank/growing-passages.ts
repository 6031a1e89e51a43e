import type { Passage } from "../read/blob.ts";
import { bytes, numbers } from "./growing-arrays.ts";
import { GrowingLists } from "./lists.ts";
import type { Snapshot } from "./snapshot.ts";

/** The passages of contents with their words, while a snapshot is written; contents come one by one. */
export function createGrowingPassages() {
  const starts = numbers();
  const from = numbers();
  const to = numbers();
  const symbols: string[] = [];
  const words = new GrowingLists();
  const counts = bytes();

  return {
    /** The passages of a content of `before`, copied in one piece. */
    copy(before: Snapshot, blob: number): void {
      const { passages, passageWords } = before;
      const [first, end] = [passages.starts[blob] ?? 0, passages.starts[blob + 1] ?? 0];
      const [firstWord, endWord] = [passageWords.starts[first] ?? 0, passageWords.starts[end] ?? 0];
      starts.push(symbols.length);
      for (let p = first; p < end; p++) symbols.push(passages.symbols[p] ?? "");
      from.append(passages.from.subarray(first, end));
      to.append(passages.to.subarray(first, end));
      words.append(passageWords, { first, end });
      counts.append(passageWords.counts.subarray(firstWord, endWord));
    },
    add(passages: readonly Passage[], idOf: (term: string) => number): void {
      starts.push(symbols.length);
      for (const passage of passages) {
        from.push(passage.from);
        to.push(passage.to);
        symbols.push(passage.symbol);
        words.begin();
        for (const [term, count] of passage.counts) {
          words.items.push(idOf(term));
          counts.push(Math.min(count, 255));
        }
      }
    },
    taken(): Pick<Snapshot, "passages" | "passageWords"> {
      starts.push(symbols.length);
      return {
        passages: { starts: starts.taken(), from: from.taken(), to: to.taken(), symbols },
        passageWords: { ...words.taken(), counts: counts.taken() },
      };
    },
  };
}
