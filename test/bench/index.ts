/**
 * `npm run bench:index [-- --repo DIR] [--json]`: what the code index costs: the first index of a repository
 * of 1,500 files, one changed file, a question; in files and, where QDRANT_URL is set, in Qdrant. Without
 * `--repo` the repository is invented.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type CodeIndexOptions, createCodeIndex, createGitSource } from "@aicd/code-index";
import type { RepositoryId, TenantId } from "@aicd/core";
import { createChance, git, inventFile, inventQuestions, inventRepository } from "./localize/invent.ts";
import { quantile } from "./server.ts";

const FILES = 1_500;
const COMMITS = 300;
const CHANGES = 10;
const QUESTIONS = 200;
const GOALS = { firstS: 10, changeMs: 200, queryMs: 50 };
const SCOPE = {
  tenantId: `ten_${"0".repeat(26)}` as TenantId,
  repositoryId: `rep_${"0".repeat(26)}` as RepositoryId,
};

const { values } = parseArgs({ options: { repo: { type: "string" }, json: { type: "boolean" } } });
const directory = await mkdtemp(join(tmpdir(), "aicd-bench-index-"));
const repository = join(directory, "repository");
try {
  if (values.repo === undefined) {
    git(directory, ["init", "--quiet", repository]);
    inventRepository(repository, { files: FILES, commits: COMMITS });
  } else git(directory, ["clone", "--quiet", "--", resolve(values.repo), repository]);

  const stores: Record<string, CodeIndexOptions> = {
    files: { kind: "embedded", directory: join(directory, "index") },
  };
  const { QDRANT_URL: url, QDRANT_API_KEY: apiKey } = process.env;
  const collection = `bench-${randomBytes(4).toString("hex")}`;
  if (url === undefined) console.log("Qdrant is left out: QDRANT_URL is not set.");
  else stores.Qdrant = { kind: "qdrant", url, collection, ...(apiKey === undefined ? {} : { apiKey }) };

  const table: Record<string, Record<string, number>> = {};
  for (const [name, options] of Object.entries(stores)) table[name] = await measure(options);
  console.log(
    `Goals: first ≤ ${GOALS.firstS} s, change ≤ ${GOALS.changeMs} ms, query p95 ≤ ${GOALS.queryMs} ms`,
  );
  console.table(table);
  if (values.json === true) console.log(JSON.stringify(table));
  const isMissed = Object.values(table).some(
    (row) =>
      (row["first index s"] ?? 0) > GOALS.firstS ||
      (row["change p50 ms"] ?? 0) > GOALS.changeMs ||
      (row["query p95 ms"] ?? 0) > GOALS.queryMs,
  );
  process.exitCode = isMissed ? 1 : 0;
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function measure(options: CodeIndexOptions): Promise<Record<string, number>> {
  const index = createCodeIndex(options);
  const source = () =>
    createGitSource({
      gitDir: join(repository, ".git"),
      commit: git(repository, ["rev-parse", "HEAD"]),
      path: process.env.PATH ?? "",
    });
  const begun = performance.now();
  const report = await index.update(SCOPE, source());
  const firstS = (performance.now() - begun) / 1_000;

  const changes: number[] = [];
  const asked: number[] = [];
  const [path = ""] = git(repository, ["ls-files", "*.ts", "*.py", "*.js", "*.go"]).split("\n");
  const chance = createChance(changes.length + 5);
  for (let n = 0; n < CHANGES; n++) {
    await writeFile(join(repository, path), inventFile(chance));
    git(repository, ["commit", "--quiet", "--all", "-m", "Change one file"]);
    const changed = source();
    const from = performance.now();
    await index.update(SCOPE, changed);
    changes.push(performance.now() - from);
    const question = performance.now();
    await index.search(SCOPE, "the first question after a change", { limit: 10 });
    asked.push(performance.now() - question);
  }

  const queries: number[] = [];
  for (const question of inventQuestions(QUESTIONS)) {
    const from = performance.now();
    await index.search(SCOPE, question, { limit: 10 });
    queries.push(performance.now() - from);
  }
  await index.dropTenant(SCOPE.tenantId);
  await index.close();
  return {
    files: report.files,
    passages: report.passages,
    "stored MB": round(report.bytes / 1e6),
    "first index s": round(firstS),
    "change p50 ms": round(quantile(changes, 0.5)),
    "first query after it p50 ms": round(quantile(asked, 0.5)),
    "query p50 ms": round(quantile(queries, 0.5)),
    "query p95 ms": round(quantile(queries, 0.95)),
    "peak MB": Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
