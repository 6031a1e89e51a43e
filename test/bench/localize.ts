/**
 * `npm run bench:localize -- --repos DIR --issues FILE [--json]`: does the index find the files that a
 * human changed for an issue? Beside it, in the same run, plain BM25 over files of code. DIR holds bare
 * clones named owner+name; FILE has an issue a line.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCodeIndex, createGitSource } from "@aicd/code-index";
import type { RepositoryId, TenantId } from "@aicd/core";
import { createBaseline } from "./localize/baseline.ts";
import { gitDirOf, type Issue, missingRepositories, readIssues } from "./localize/issues.ts";
import { quantile } from "./server.ts";

const DEPTHS = [1, 3, 5, 10] as const;
const USAGE = "npm run bench:localize -- --repos DIR --issues FILE [--json]\n";
const PATH = process.env.PATH ?? "";

const { values } = parseArgs({
  options: { repos: { type: "string" }, issues: { type: "string" }, json: { type: "boolean" } },
});
if (values.repos === undefined || values.issues === undefined) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const { repos } = values;
const issues = readIssues(values.issues);
const missing = missingRepositories(repos, issues);
if (missing.length > 0) {
  process.stderr.write(`Some repositories are not there yet:\n  ${missing.join("\n  ")}\n`);
  process.exit(2);
}

type Place = { index: number; baseline: number };
const places = new Map<Issue, Place>();
const firstMs: number[] = [];
const nextMs: number[] = [];
const queryMs: number[] = [];
const directory = await mkdtemp(join(tmpdir(), "aicd-bench-localize-"));
const index = createCodeIndex({ kind: "embedded", directory });
try {
  for (const [repo, ofRepo] of Map.groupBy(issues, (issue) => issue.repo)) await measure(repo, ofRepo);
} finally {
  await index.close();
  await rm(directory, { recursive: true, force: true });
}
report();

/** Each commit is an update of the one before, as a server has it. */
async function measure(repo: string, ofRepo: Issue[]): Promise<void> {
  const number = String(firstMs.length + 1).padStart(26, "0");
  const scope = { tenantId: `ten_${number}` as TenantId, repositoryId: `rep_${number}` as RepositoryId };
  const baseline = createBaseline();
  for (const [at, issue] of ofRepo.entries()) {
    const source = createGitSource({ gitDir: gitDirOf(repos, repo), commit: issue.commit, path: PATH });
    const begun = performance.now();
    await index.update(scope, source);
    (at === 0 ? firstMs : nextMs).push(performance.now() - begun);
    // The first question after an update finds nothing ready yet.
    await index.search(scope, "ready", { limit: 1 });
    const asked = performance.now();
    const found = await index.search(scope, issue.text, { limit: 10 });
    queryMs.push(performance.now() - asked);
    const plain = (await baseline.load(source))(issue.text);
    places.set(issue, {
      index: depthOf(issue, found?.hits.map(({ path }) => path) ?? []),
      baseline: depthOf(issue, plain.slice(0, 10)),
    });
  }
}

/** How many files must be looked at to have seen all that were changed. */
function depthOf(issue: Issue, paths: readonly string[]): number {
  const depths = issue.files.map((file) => paths.indexOf(file) + 1);
  return depths.includes(0) ? Number.POSITIVE_INFINITY : Math.max(...depths);
}

function report(): void {
  const groups: [string, Issue[]][] = [
    ["all", issues],
    ...Map.groupBy(
      issues.flatMap((issue) => issue.sets.map((set) => ({ set, issue }))),
      ({ set }) => set,
    )
      .entries()
      .map(([set, rows]): [string, Issue[]] => [set, rows.map(({ issue }) => issue)]),
    ...Map.groupBy(issues, ({ repo }) => repo),
  ];
  const table: Record<string, Record<string, number>> = {};
  for (const [name, group] of groups) {
    for (const kind of ["index", "baseline"] as const) {
      const row: Record<string, number> = { issues: group.length };
      for (const depth of DEPTHS) {
        const within = group.filter((issue) => (places.get(issue)?.[kind] ?? 99) <= depth).length;
        row[`Acc@${depth}`] = round((100 * within) / group.length);
      }
      table[`${name}, ${kind === "index" ? "AI-CD" : "BM25 of code files"}`] = row;
    }
  }
  const costs = {
    "first index, slowest (s)": round(Math.max(...firstMs) / 1_000),
    "next commit p50 (ms)": round(quantile(nextMs, 0.5)),
    "query p50 (ms)": round(quantile(queryMs, 0.5)),
    "query p95 (ms)": round(quantile(queryMs, 0.95)),
    "peak memory (MB)": Math.round(process.resourceUsage().maxRSS / 1024),
  };
  console.log("Share of issues for which all changed files are among the first k");
  console.table(table);
  console.table([costs]);
  if (values.json === true) console.log(JSON.stringify({ table, costs }));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
