import {
  type AgentScope,
  type AgentTask,
  AicdError,
  type CodeHit,
  type Excerpt,
  isTestPath,
  LIMITS,
} from "@aicd/core";
import { listHits } from "../tools/search-code.ts";
import { data } from "./data.ts";

/** Enough to hold the right file nearly always, and few enough to be read in one look. */
const CANDIDATES = 8;
/** Files shown besides the names of the others: the likeliest, and the tests among the first. */
const SHOWN_FILES = 3;
const SHOWN_TESTS = 2;
/** About 6,000 tokens in all: what a model would ask for first, and less than two calls would cost. */
const CHARACTERS = 20_000;
const FILE_CHARACTERS = 9_000;
const SMALL_CHARACTERS = 2_500;
const LINES_AROUND = 15;

/** Places that a search for the issue's own words found, the best of them with their text. */
export async function describeExcerpts(task: AgentTask, scope: AgentScope): Promise<string[]> {
  const { title, body } = task.snapshot.issue;
  const query = `${title}\n\n${body}`.slice(0, LIMITS.searchCharacters);
  const hits = await scope.codeSearch.search(query, { limit: CANDIDATES, signal: scope.signal });
  if (hits.length === 0) return [];
  const excerpts = await excerptsOf(chosen(hits), scope);
  const shown = new Set(excerpts.map(({ path }) => path));
  const others = hits.filter(({ path }) => !shown.has(path));
  return [
    ...(excerpts.length === 0
      ? []
      : [
          "A search of the repository for the issue's words found these files likeliest; it may be wrong. Shown as they are, without line numbers; read only what is missing:",
          ...excerpts.map(showExcerpt),
        ]),
    ...(others.length === 0 ? [] : ["It also found:", data("candidates", listHits(others).slice(0, 4_000))]),
  ];
}

export function showExcerpt({ path, from, to, text }: Excerpt): string {
  return data("file", `${path}, lines ${from}-${to}\n${text}`);
}

function chosen(hits: readonly CodeHit[]): CodeHit[] {
  const code = hits.filter(({ path }) => !isTestPath(path)).slice(0, SHOWN_FILES);
  const [best] = code;
  // The tests of the likeliest file go before those of another's.
  const tests = hits
    .filter(({ path }) => isTestPath(path))
    .toSorted((a, b) => Number(isOf(b, best)) - Number(isOf(a, best)))
    .slice(0, SHOWN_TESTS);
  const first = hits.filter((hit) => code.includes(hit) || tests.includes(hit));
  return [...first, ...hits.filter((hit) => !first.includes(hit))];
}

function isOf(test: CodeHit, code: CodeHit | undefined): boolean {
  const stem = (path: string) =>
    path.slice(path.lastIndexOf("/") + 1).replace(/(?:[._-](?:test|spec|tests))?\.[^.]+$|^test_/g, "");
  return code !== undefined && stem(test.path).replace(/^test_|_test$/g, "") === stem(code.path);
}

type Shown = Excerpt & { of: number };

async function excerptsOf(hits: readonly CodeHit[], { workspace }: AgentScope): Promise<Excerpt[]> {
  const excerpts: Shown[] = [];
  let left = CHARACTERS;
  for (const [index, hit] of hits.entries()) {
    const isLikely = index < SHOWN_FILES + SHOWN_TESTS;
    const most = Math.min(left, isLikely ? FILE_CHARACTERS : SMALL_CHARACTERS);
    try {
      const excerpt = cut((await workspace.read(hit.path)).split("\n"), hit, most);
      // Of the less likely only what costs next to nothing.
      if (excerpt === undefined || (!isLikely && excerpt.to - excerpt.from + 1 < excerpt.of)) continue;
      left -= excerpt.text.length;
      excerpts.push(excerpt);
    } catch (refusal) {
      // An index may be older than the checkout, and a file too large or no text.
      if (!(refusal instanceof AicdError)) throw refusal;
    }
  }
  return excerpts;
}

/** The whole file where it fits, else what lies around the place that was found. */
function cut(lines: string[], { path, from, to }: CodeHit, most: number): Shown | undefined {
  if (lines.at(-1) === "") lines.pop();
  const whole = lines.join("\n");
  if (whole.length <= most) return { path, from: 1, to: lines.length, of: lines.length, text: whole };
  const start = Math.max(0, from - 1 - LINES_AROUND);
  let end = Math.min(lines.length, to + LINES_AROUND);
  while (end > start && lines.slice(start, end).join("\n").length > most) end -= 5;
  if (end <= start) return undefined;
  return { path, from: start + 1, to: end, of: lines.length, text: lines.slice(start, end).join("\n") };
}
