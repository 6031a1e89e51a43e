import type { Doc } from "./lexical.ts";
import { termsOf } from "./terms.ts";

const K1 = 1.2;
const B = 0.6;
const PATH_SHARE = 1.5;
const DEFINED_SHARE = 0.7;
const NAMED_BONUS = 12;
const SHOWN_WORDS = 5;

export type Ranked = { doc: Doc; score: number; reason: string };

/** What each word of the question tells: much when few files have it, nothing when all do. */
export function weigh(docs: readonly Doc[], terms: ReadonlySet<string>): Map<string, number> {
  const weights = new Map<string, number>();
  for (const term of terms) {
    let having = 0;
    for (const doc of docs) if (doc.counts.has(term)) having += 1;
    if (having > 0) weights.set(term, Math.log(1 + (docs.length - having + 0.5) / (having + 0.5)));
  }
  return weights;
}

/** Files that share words with the question or are named in it, best first. */
export function rank(docs: readonly Doc[], query: string, weights: Map<string, number>): Ranked[] {
  const average = docs.reduce((sum, { length }) => sum + length, 0) / Math.max(1, docs.length);
  const named = namesIn(query);
  const ranked = docs.flatMap((doc): Ranked[] => {
    const inPath = new Set(termsOf(doc.path));
    const parts: [term: string, score: number][] = [];
    for (const [term, weight] of weights) {
      const count = doc.counts.get(term) ?? 0;
      const body = (count * (K1 + 1)) / (count + K1 * (1 - B + (B * doc.length) / average));
      const share = body + (inPath.has(term) ? PATH_SHARE : 0) + (doc.defined.has(term) ? DEFINED_SHARE : 0);
      if (share > 0) parts.push([term, share * weight]);
    }
    const isNamed = named.some((name) => `/${doc.path}`.endsWith(`/${name}`));
    if (parts.length === 0 && !isNamed) return [];
    const score = parts.reduce((sum, [, part]) => sum + part, isNamed ? NAMED_BONUS : 0);
    const words = parts
      .sort((a, b) => b[1] - a[1])
      .slice(0, SHOWN_WORDS)
      .map(([term]) => term);
    const why = words.length === 0 ? "" : `words: ${words.join(", ")}`;
    return [{ doc, score, reason: [isNamed ? "named in the question" : "", why].filter(Boolean).join("; ") }];
  });
  return ranked.sort((a, b) => b.score - a.score || (a.doc.path < b.doc.path ? -1 : 1));
}

/** Paths a question names: `src/app.py`, `File "/x/flask/app.py"`, and modules such as `flask.json.tag`. */
function namesIn(query: string): string[] {
  const names = new Set<string>();
  for (const [path] of query.matchAll(/[\w.-]+(?:\/[\w.-]+)*\.[A-Za-z]{1,5}\b/g)) {
    const parts = path.split("/");
    // A trace from another machine shares only the end of the path with us.
    for (let at = 0; at < parts.length && at < 6; at++) {
      const rest = parts.slice(at);
      if (rest.length > 1 || parts.length === 1) names.add(rest.join("/"));
    }
  }
  for (const [module] of query.matchAll(/\b[a-z_]\w*(?:\.[a-z_]\w*){1,6}\b/g)) {
    const parts = module.split(".");
    for (let end = parts.length; end > 1; end--) names.add(`${parts.slice(0, end).join("/")}.py`);
  }
  return [...names];
}
