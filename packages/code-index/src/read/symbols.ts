import { INDEX_LIMITS } from "../limits.ts";
import { definedBy } from "./definition.ts";

/** A definition and the lines from it to the next one, 1-based and inclusive. */
export type CodeSymbol = { name: string; from: number; to: number };

/** Definitions of a source file in any of the common languages, by how their lines begin. Each line is looked at once. */
export function symbolsOf(lines: readonly string[]): CodeSymbol[] {
  const found: CodeSymbol[] = [];
  let before = "";
  for (const [index, line] of lines.entries()) {
    const name = line.length > INDEX_LIMITS.lineCharacters ? undefined : definedBy(line, before);
    before = line;
    if (name === undefined) continue;
    const last = found.at(-1);
    if (last !== undefined) last.to = index;
    found.push({ name, from: index + 1, to: lines.length });
  }
  return found;
}
