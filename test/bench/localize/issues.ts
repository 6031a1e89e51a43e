import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A real issue and the files that the accepted fix changed. */
export type Issue = {
  id: string;
  repo: string;
  commit: string;
  text: string;
  files: string[];
  sets: string[];
};

/** One JSON object a line, as the file of the benchmark has them. */
export function readIssues(file: string): Issue[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const row = JSON.parse(line) as Record<string, unknown>;
      return {
        id: String(row.id),
        repo: String(row.repo),
        commit: String(row.base_commit),
        text: String(row.issue),
        files: row.files as string[],
        sets: (row.sets ?? []) as string[],
      };
    });
}

export function gitDirOf(repos: string, repo: string): string {
  return join(repos, repo.replace("/", "+"));
}

/** Commands that bring what is not there. */
export function missingRepositories(repos: string, issues: readonly Issue[]): string[] {
  return [...new Set(issues.map(({ repo }) => repo))]
    .filter((repo) => !existsSync(gitDirOf(repos, repo)))
    .map((repo) => `git clone --bare https://github.com/${repo} ${gitDirOf(repos, repo)}`);
}
