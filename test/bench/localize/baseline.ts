import type { CodeSource } from "@aicd/core";

/**
 * What the index is compared with: BM25 over whole files of code, identifiers split, and nothing else.
 * Contents are read once for all commits of a repository.
 */
const CODE = /\.(?:py|pyx|[cm]?[jt]sx?|vue|go|rs|java|kt|rb|php|cs|c|cc|cpp|h|hpp|swift|scala)$/;
const TEST =
  /(?:^|\/)(?:tests?|testing|__tests__|docs?|examples?)\/|(?:^|\/)test_|[._-](?:test|spec)\.|_test\./;

export function createBaseline() {
  const known = new Map<string, Map<string, number>>();
  return {
    async load(source: CodeSource): Promise<(query: string) => string[]> {
      const files = (await source.files()).filter(isCode);
      const missing = [...new Set(files.map(({ sha }) => sha))].filter((sha) => !known.has(sha));
      for (let at = 0; at < missing.length; at += 300) {
        const batch = missing.slice(at, at + 300);
        const blobs = await source.blobs(batch);
        for (const sha of batch) {
          const content = blobs.get(sha);
          const isText = content !== undefined && !content.subarray(0, 8_000).includes(0);
          known.set(sha, isText ? count(content.toString()) : new Map());
        }
      }
      const docs = files.map(({ path, sha }) => ({ path, counts: known.get(sha) ?? new Map() }));
      return (query) => rank(docs, query);
    },
  };
}

function isCode({ path, bytes }: { path: string; bytes: number }): boolean {
  return bytes <= 400_000 && CODE.test(path) && !TEST.test(path);
}

type Doc = { path: string; counts: Map<string, number> };

function rank(docs: readonly Doc[], query: string): string[] {
  const lengths = docs.map(({ counts }) => counts.values().reduce((sum, value) => sum + value, 0));
  const average = lengths.reduce((sum, length) => sum + length, 0) / docs.length;
  const scores = new Float64Array(docs.length);
  for (const term of count(query).keys()) {
    const having = docs.filter(({ counts }) => counts.has(term)).length;
    const idf = Math.log(1 + (docs.length - having + 0.5) / (having + 0.5));
    for (const [at, { counts }] of docs.entries()) {
      const found = counts.get(term) ?? 0;
      const length = (lengths[at] ?? 0) / average;
      scores[at] = (scores[at] ?? 0) + (idf * found * 2.2) / (found + 1.2 * (0.25 + 0.75 * length));
    }
  }
  return docs
    .map(({ path }, at) => ({ path, score: scores[at] ?? 0 }))
    .sort((a, b) => b.score - a.score)
    .map(({ path }) => path);
}

function count(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)) {
    const parts = word.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? [];
    for (const part of new Set([word, ...parts])) {
      const term = part.toLowerCase();
      if (term.length > 1) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  return counts;
}
