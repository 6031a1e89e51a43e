import { describe, expect, it } from "vitest";
import { questionOf } from "../rank/question.ts";
import { readBlob } from "../read/blob.ts";

/** Texts that make a backtracking scanner take a square of their length, or worse. */
const HOSTILE: Record<string, (length: number) => string> = {
  "one long word": (n) => "a".repeat(n),
  "words with hyphens": (n) => "a-".repeat(n / 2),
  "dots and slashes": (n) => "a.b/".repeat(n / 4),
  "an open bracket": (n) => `function ${"(".repeat(n)}`,
  spaces: (n) => " ".repeat(n),
  "lines of spaces": (n) => `${" ".repeat(300)}x\n`.repeat(n / 302),
  modifiers: (n) => "export static ".repeat(n / 14),
  "open comments": (n) => "<!--".repeat(n / 4),
  backticks: (n) => "`a".repeat(n / 2),
  "quotes of traces": (n) => 'File "'.repeat(n / 6),
  versions: (n) => "1.1.1.1.".repeat(n / 8),
  stars: (n) => "**".repeat(n / 2),
  fences: (n) => "```\n".repeat(n / 4),
  "half of a pair": (n) => "\ud800".repeat(n),
};
const LENGTH = 380_000;

describe("reading untrusted text", () => {
  it.each(Object.entries(HOSTILE))("takes time in proportion to its length: %s", (_, make) => {
    const time = (length: number) => {
      const text = make(length);
      const content = Buffer.from(text);
      const runs = [0, 1, 2].map(() => {
        const begun = process.cpuUsage();
        readBlob(content);
        questionOf(text);
        return process.cpuUsage(begun).user / 1_000;
      });
      return Math.min(...runs);
    };
    time(LENGTH / 8);

    const [short, long] = [time(LENGTH / 8), time(LENGTH)];

    // Eight times the text: a square would take 64 times as long.
    expect(long).toBeLessThan(Math.max(60, short * 24));
  });
});
