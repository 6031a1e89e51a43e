import {
  type AgentScope,
  type AgentTask,
  AicdError,
  type CodeHit,
  type Excerpt,
  isTestPath,
  LIMITS,
} from "@aicd/core";
import { listHits } from "../tools/search.ts";
import { data } from "./data.ts";

/** Enough to hold the right file nearly always, and few enough to be read in one look. */
const CANDIDATES = 8;
/**
 * Three files are shown. One that was the wrong one is paid for in every call that follows, and one that was right
 * spares a call, mostly when it is there whole: so small files are, and of long ones the place that was found.
 */
const FILE_CHARACTERS = 4_000;
const PLACE_CHARACTERS = 1_500;

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
          "Likeliest by a search for the issue's words, which may be wrong; read only what is missing:",
          ...excerpts.map(showExcerpt),
        ]),
    ...(others.length === 0 ? [] : ["It also found:", data("candidates", listHits(others).slice(0, 4_000))]),
  ];
}

function showExcerpt({ path, from, to, text }: Excerpt): string {
  return data("file", `${path}, lines ${from}-${to}\n${text}`);
}

/** The likeliest file of code, the likeliest test, and what that test is of; else the next file of code. */
function chosen(hits: readonly CodeHit[]): CodeHit[] {
  const [best, next, ...code] = hits.filter(({ path }) => !isTestPath(path));
  const tests = hits.filter(({ path }) => isTestPath(path));
  if (best === undefined) return tests.slice(0, 1);
  const test = tests.find((hit) => isOf(hit, best)) ?? tests[0];
  const tested = test && [next, ...code].find((hit) => isOf(test, hit));
  const chosen = [best, tested ?? next, test];
  return hits.filter((hit) => chosen.includes(hit));
}

function isOf(test: CodeHit, code: CodeHit | undefined): boolean {
  const stem = (path: string) =>
    path.slice(path.lastIndexOf("/") + 1).replace(/(?:[._-](?:test|spec|tests))?\.[^.]+$|^test_/g, "");
  return code !== undefined && stem(test.path).replace(/^test_|_test$/g, "") === stem(code.path);
}

async function excerptsOf(hits: readonly CodeHit[], { workspace }: AgentScope): Promise<Excerpt[]> {
  const excerpts: Excerpt[] = [];
  for (const hit of hits) {
    try {
      const excerpt = cut((await workspace.read(hit.path)).split("\n"), hit);
      if (excerpt !== undefined) excerpts.push(excerpt);
    } catch (refusal) {
      // An index may be older than the checkout, and a file too large or no text.
      if (!(refusal instanceof AicdError)) throw refusal;
    }
  }
  return excerpts;
}

/** The whole file where it is small, else the place that was found. */
function cut(lines: string[], { path, from, to }: CodeHit): Excerpt | undefined {
  if (lines.at(-1) === "") lines.pop();
  const whole = lines.join("\n");
  if (whole.length <= FILE_CHARACTERS) return { path, from: 1, to: lines.length, text: whole };
  const textTo = (end: number) => lines.slice(from - 1, end).join("\n");
  let end = Math.min(lines.length, to);
  while (end >= from && textTo(end).length > PLACE_CHARACTERS) end -= 1;
  return end < from ? undefined : { path, from, to: end, text: textTo(end) };
}
