import { INDEX_LIMITS } from "../limits.ts";
import { type Mentions, mentionsOf } from "../text/mentions.ts";
import { termsOf } from "../text/terms.ts";

/** A question taken apart: its words with how much each is stressed, and what it names. */
export type Question = { words: Map<string, number>; mentions: Mentions };

const TITLE_STRESS = 1;
const CODE_STRESS = 0.5;

/** The first line is the title; what stands in backticks is meant literally. */
export function questionOf(text: string): Question {
  const query = text.slice(0, INDEX_LIMITS.queryCharacters);
  const counts = new Map<string, number>();
  const stress = (part: string, weight: number) => {
    for (const term of termsOf(part)) counts.set(term, (counts.get(term) ?? 0) + weight);
  };
  stress(query, 1);
  stress(query.slice(0, 300).split("\n", 1)[0] ?? "", TITLE_STRESS);
  for (const [, code = ""] of query.matchAll(/`([^`\n]{1,200})`/g)) stress(code, CODE_STRESS);
  // A word said ten times is not ten times as telling.
  const words = new Map([...counts].map(([term, count]) => [term, 1 + Math.log(Math.max(1, count))]));
  return { words, mentions: mentionsOf(query) };
}
