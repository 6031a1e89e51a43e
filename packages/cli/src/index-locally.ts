import { join, resolve } from "node:path";
import { createCodeIndex, createGitSource } from "@aicd/code-index";
import { AicdError, type CodeHit, type IndexReport, type IndexScope, parseId } from "@aicd/core";
import pc from "picocolors";
import { type LocalGit, localGit } from "./run/git.ts";

export type IndexLocallyOptions = {
  /** A git repository, or a directory inside one. */
  repo: string;
  /** What to look for; without it the repository is only indexed. */
  query?: string | undefined;
  limit: number;
  json?: boolean | undefined;
  env: Record<string, string>;
  /** What `repo` is relative to. */
  directory: string;
  write: (text: string) => void;
  /** Told how far it is; not part of the output. */
  progress: (text: string) => void;
  signal: AbortSignal;
};

/** A local index has one owner and one repository: itself. */
const SCOPE = localScope();

/**
 * `aicd index`: the last commit of a local repository, indexed as the server indexes it. The index lies in
 * the repository's own git directory, where nobody commits it; the next time only what changed is read.
 */
export async function indexLocally(options: IndexLocallyOptions): Promise<void> {
  const { query, write, progress, signal } = options;
  const git = localGit(resolve(options.directory, options.repo), options.env);
  const [gitDir, commit] = await whereIs(git, options.repo);
  const index = createCodeIndex({ kind: "embedded", directory: join(gitDir, "aicd-index") });
  try {
    const begun = performance.now();
    const source = createGitSource({ gitDir, commit, path: options.env.PATH ?? "" });
    const report = await index.update(SCOPE, source, {
      signal,
      onProgress: (done, all) => progress(`\r${done} of ${all} contents read`),
    });
    progress("\r\u001b[K");
    const seconds = (performance.now() - begun) / 1_000;
    const found = query === undefined ? undefined : await index.search(SCOPE, query, { ...options, signal });
    const hits = found?.hits ?? [];
    if (options.json === true) return write(`${JSON.stringify({ ...report, seconds, hits })}\n`);
    write(query === undefined ? showReport(report, seconds) : showHits(hits));
  } finally {
    await index.close();
  }
}

async function whereIs(git: LocalGit, repo: string): Promise<[gitDir: string, commit: string]> {
  try {
    return [
      await git(["rev-parse", "--absolute-git-dir"]),
      await git(["rev-parse", "--verify", "HEAD^{commit}"]),
    ];
  } catch (cause) {
    const text = `${repo} is no git repository with a commit. Name one with --repo.`;
    throw new AicdError("invalid", text, { cause });
  }
}

function showReport(report: IndexReport, seconds: number): string {
  const left = report.left?.files ?? 0;
  const rows: [string, string][] = [
    ["commit", report.commit.slice(0, 12)],
    ["files", report.files.toLocaleString("en")],
    ["passages", report.passages.toLocaleString("en")],
    ["changes", report.commits.toLocaleString("en")],
    ["size", `${(report.bytes / 1e6).toFixed(1)} MB`],
    ["time", `${seconds.toFixed(1)} s`],
    ...(left === 0
      ? []
      : [["left out", `${left.toLocaleString("en")} files, too many`] satisfies [string, string]]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}\n`).join("");
}

function showHits(hits: readonly CodeHit[]): string {
  if (hits.length === 0) return "Nothing in this repository speaks of that.\n";
  return hits
    .map(({ path, from, to, symbol, reason }, rank) => {
      const where = `${printable(path)}:${from}-${to}`;
      const name = symbol === null ? "" : ` ${printable(symbol)}`;
      return `${String(rank + 1).padStart(2)}  ${pc.cyan(where)}${name}\n    ${pc.dim(printable(reason))}\n`;
    })
    .join("");
}

/** Paths and names are other people's words: a terminal must not obey them. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").slice(0, 200);
}

function localScope(): IndexScope {
  const tenantId = parseId("tenant", `ten_${"0".repeat(26)}`);
  const repositoryId = parseId("repository", `rep_${"0".repeat(26)}`);
  if (tenantId === undefined || repositoryId === undefined) throw new Error("ids changed their form");
  return { tenantId, repositoryId };
}
