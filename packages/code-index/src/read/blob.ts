import { INDEX_LIMITS } from "../limits.ts";
import { countTerms } from "../text/terms.ts";
import { type CodeSymbol, symbolsOf } from "./symbols.ts";

/** Lines that belong together, with how often each word is in them. `symbol` is empty outside definitions. */
export type Passage = { from: number; to: number; symbol: string; counts: Map<string, number> };
/** What is kept of a file's content; the text itself is not. */
export type Blob = { passages: Passage[]; names: string[] };

/** Lines of a passage where no definition bounds it, the most of one, and the least. */
const WINDOW = 40;
const LONGEST = 120;
const SHORTEST = 3;
const MOST_NAMES = 2_000;

/** Undefined for what is not text. */
export function readBlob(content: Buffer): Blob | undefined {
  if (content.subarray(0, 8_000).includes(0)) return undefined;
  const lines = content.toString().split("\n");
  const symbols = symbolsOf(lines);
  const passages = pieces(lines.length, symbols).map(({ name, from, to }) => {
    const text = lines.slice(from - 1, to).map((line) => line.slice(0, INDEX_LIMITS.lineCharacters));
    return { from, to, symbol: name, counts: countTerms(text.join("\n")) };
  });
  const names = [...new Set(symbols.map(({ name }) => name))].slice(0, MOST_NAMES);
  return { passages: passages.filter(({ counts }) => counts.size > 0), names };
}

/** Definitions, cut where they are long and joined where they are short, and windows over what has none. */
function pieces(lines: number, symbols: readonly CodeSymbol[]): CodeSymbol[] {
  const head = symbols[0]?.from ?? lines + 1;
  const spans = [...(head > 1 ? [{ name: "", from: 1, to: head - 1 }] : []), ...joined(symbols)];
  return spans.flatMap(({ name, from, to }) => {
    const parts: CodeSymbol[] = [];
    const step = name === "" ? WINDOW : LONGEST;
    for (let at = from; at <= to; at += step) parts.push({ name, from: at, to: Math.min(to, at + step - 1) });
    return parts;
  });
}

/** A row of one-line constants is one passage. */
function joined(symbols: readonly CodeSymbol[]): CodeSymbol[] {
  const kept: CodeSymbol[] = [];
  for (const symbol of symbols) {
    const last = kept.at(-1);
    const isShort = symbol.to - symbol.from + 1 < SHORTEST;
    if (last !== undefined && isShort && last.to - last.from + 1 < SHORTEST) last.to = symbol.to;
    else kept.push({ ...symbol });
  }
  return kept;
}
