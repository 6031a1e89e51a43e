import { type CodeSymbol, symbolsOf } from "./symbols.ts";
import { countTerms } from "./terms.ts";

/** Lines of a passage where no definition bounds it, and the most a definition is shown with. */
const WINDOW = 40;
const LONGEST = 120;
const SATURATION = 1.5;

export type Passage = { from: number; to: number; symbol: string | null; score: number };

/** The definition, or the window of lines, that has most of the words that matter. */
export function bestPassage(content: string, weights: ReadonlyMap<string, number>): Passage {
  const lines = content.split("\n");
  let best: Passage = { from: 1, to: Math.min(lines.length, WINDOW), symbol: null, score: 0 };
  for (const { name, from, to } of pieces(lines)) {
    const counts = countTerms(lines.slice(from - 1, to).join("\n"));
    let score = 0;
    for (const [term, weight] of weights) {
      const count = counts.get(term) ?? 0;
      if (count > 0) score += (weight * count * 2) / (count + SATURATION);
    }
    // Long passages have more words by chance.
    score /= 1 + (to - from) / (LONGEST * 2);
    if (score > best.score) best = { from, to, symbol: name === "" ? null : name, score };
  }
  return best;
}

/** Definitions, cut where they are long, and windows over what stands before the first of them. */
function pieces(lines: readonly string[]): CodeSymbol[] {
  const symbols = symbolsOf(lines);
  const head = symbols[0]?.from ?? lines.length + 1;
  const spans = [...(head > 1 ? [{ name: "", from: 1, to: head - 1 }] : []), ...symbols];
  return spans.flatMap(({ name, from, to }) => {
    const parts: CodeSymbol[] = [];
    const step = name === "" ? WINDOW : LONGEST;
    for (let at = from; at <= to; at += step) parts.push({ name, from: at, to: Math.min(to, at + step - 1) });
    return parts;
  });
}
