import { INDEX_LIMITS } from "../limits.ts";
import { type Mentions, mentionsOf, namesIn } from "../text/mentions.ts";
import { type Segment, segmentsOf } from "../text/segments.ts";
import { termsOf } from "../text/terms.ts";

/** A question taken apart: its words and its identifiers with how much each is stressed, and what it names. */
export type Question = {
  title: Map<string, number>;
  words: Map<string, number>;
  names: Map<string, number>;
  mentions: Mentions;
  /** Paths in what people wrote themselves, not in what they pasted. */
  spelled: string[];
};

/** What people say in a title they mean; what they paste below is often only how they came across it. */
const STRESS: Record<Segment["kind"], number> = { title: 2, prose: 1, code: 0.5, trace: 0.5 };
const INLINE_STRESS = 1;

export function questionOf(text: string): Question {
  const segments = segmentsOf(text.slice(0, INDEX_LIMITS.queryCharacters));
  const counts = new Map<string, number>();
  const names = new Map<string, number>();
  for (const { kind, text: part } of segments) {
    const stress = STRESS[kind];
    for (const term of termsOf(part)) counts.set(term, (counts.get(term) ?? 0) + stress);
    for (const name of namesIn(part, kind === "code")) {
      names.set(name, Math.max(names.get(name) ?? 0, stress));
    }
    if (kind === "code" || kind === "trace") continue;
    for (const [, code = ""] of part.matchAll(/`([^`\n]{1,200})`/g)) {
      for (const term of termsOf(code)) counts.set(term, (counts.get(term) ?? 0) + INLINE_STRESS);
      for (const name of namesIn(code, true))
        names.set(name, Math.max(names.get(name) ?? 0, INLINE_STRESS * 2));
    }
  }
  // A word said ten times is not ten times as telling.
  const words = new Map([...counts].map(([term, count]) => [term, Math.log1p(count)]));
  const title = new Map(termsOf(segments[0]?.text ?? "").map((term) => [term, 1]));
  const said = segments.filter(({ kind }) => kind === "title" || kind === "prose");
  const spelled = mentionsOf(said.map((segment) => segment.text).join("\n")).paths;
  const mentions = mentionsOf(segments.map((segment) => segment.text).join("\n"));
  return { title, words, names, mentions, spelled };
}
