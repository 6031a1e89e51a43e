import type { CodeHit, CodeSearch } from "@aicd/core";
import type { Tree } from "../checkout/tree.ts";
import { bestPassage } from "./passage.ts";
import { rank, weigh } from "./rank.ts";
import { symbolsOf } from "./symbols.ts";
import { countTerms, termsOf } from "./terms.ts";

/** Larger files are data or made by machines. */
const FILE_BYTES = 400_000;
const MOST_FILES = 20_000;
const BATCH = 500;
/** Files whose lines are looked at; the rest cannot reach the first page any more. */
const CANDIDATES = 40;
const QUERY_CHARACTERS = 20_000;
const PASSED_OVER =
  /(?:^|\/)(?:node_modules|vendor|dist|build|third_party)\/|\.min\.(?:js|css)$|(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.lock|poetry\.lock|go\.sum|composer\.lock)$|\.(?:svg|csv|snap|map|ipynb|po|geojson)$/;
/** Answers to "where is it" are seldom tests, changelogs or translations, though these use the same words. */
const SECOND =
  /(?:^|\/)(?:tests?|__tests__|specs?|testing|docs?|examples?|benchmarks?|locale)\/|(?:^|\/)(?:test_|CHANGE|HISTORY|NEWS|README)[^/]*$|[._-](?:test|spec)s?\.[a-z]+$|_test\.[a-z]+$|\.(?:md|rst|txt|json|ya?ml|toml|lock)$/i;
const SECOND_SHARE = 0.5;

/** One indexed file; a blob that has not changed is never read twice. */
export type Doc = { path: string; counts: Map<string, number>; length: number; defined: Set<string> };
type Blob = Omit<Doc, "path">;

/**
 * Search over the words of the working tree, with nothing kept on disk: BM25 on split identifiers, with
 * the words of paths, defined names and files that the question itself names counting for more.
 */
export function createLexicalSearch(tree: Pick<Tree, "files" | "blobs">): CodeSearch {
  const known = new Map<string, Blob | undefined>();

  async function load(): Promise<{ docs: Doc[]; shas: Map<string, string> }> {
    const files = (await tree.files())
      .filter(({ path, bytes }) => bytes > 0 && bytes <= FILE_BYTES && !PASSED_OVER.test(path))
      .slice(0, MOST_FILES);
    const missing = [...new Set(files.map(({ sha }) => sha))].filter((sha) => !known.has(sha));
    for (let at = 0; at < missing.length; at += BATCH) {
      const batch = missing.slice(at, at + BATCH);
      const blobs = await tree.blobs(batch);
      for (const sha of batch) known.set(sha, read(blobs.get(sha)));
    }
    const docs = files.flatMap(({ path, sha }) => {
      const blob = known.get(sha);
      return blob === undefined ? [] : [{ path, ...blob }];
    });
    return { docs, shas: new Map(files.map(({ path, sha }) => [path, sha])) };
  }

  return {
    async search(text, { limit }) {
      const query = text.slice(0, QUERY_CHARACTERS);
      const { docs, shas } = await load();
      const terms = new Set(termsOf(query));
      const weights = weigh(docs, terms);
      const first = rank(docs, query, weights).slice(0, CANDIDATES);
      const blobs = await tree.blobs(first.flatMap(({ doc }) => shas.get(doc.path) ?? []));
      const hits = first.map(({ doc, score, reason }): CodeHit => {
        const content = blobs.get(shas.get(doc.path) ?? "")?.toString() ?? "";
        const passage = bestPassage(content, weights);
        const share = SECOND.test(doc.path) ? SECOND_SHARE : 1;
        const { from, to, symbol } = passage;
        return { path: doc.path, symbol, from, to, score: (score + passage.score) * share, reason };
      });
      return hits.sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1)).slice(0, limit);
    },
  };
}

/** Undefined for what is not text. */
function read(content: Buffer | undefined): Blob | undefined {
  if (content === undefined || content.subarray(0, 8_000).includes(0)) return undefined;
  const text = content.toString();
  const counts = countTerms(text);
  let length = 0;
  for (const count of counts.values()) length += count;
  const names = symbolsOf(text.split("\n")).map(({ name }) => name);
  return { counts, length, defined: new Set(termsOf(names.join(" "))) };
}
