import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Repository } from "../world/types.ts";
import { git, tryGit } from "./run.ts";

/**
 * Merges two commits without a checkout and gives the merged tree, or undefined when they conflict.
 * Uses plumbing that every git has; `merge-tree --write-tree` only came with 2.38.
 */
export async function mergeTrees(
  repository: Repository,
  base: string,
  ours: string,
  theirs: string,
): Promise<string | undefined> {
  if (base === ours) return git(["rev-parse", `${theirs}^{tree}`], { cwd: repository.directory });
  const work = await mkdtemp(join(tmpdir(), "local-github-merge-"));
  const options = {
    cwd: work,
    env: { GIT_DIR: repository.directory, GIT_WORK_TREE: work, GIT_INDEX_FILE: join(work, ".index") },
  };
  try {
    await git(["read-tree", "-i", "-m", "--aggressive", base, ours, theirs], options);
    const merged = await tryGit(["merge-index", "-o", "-q", "git-merge-one-file", "-a"], options);
    if (merged.code !== 0) return undefined;
    return await git(["write-tree"], options);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Writes a commit object over an existing tree; no ref moves. */
export function commitTree(
  repository: Repository,
  commit: {
    tree: string;
    parents: readonly string[];
    message: string;
    author: { name: string; email: string };
  },
): Promise<string> {
  const parents = commit.parents.flatMap((parent) => ["-p", parent]);
  return git(["commit-tree", commit.tree, ...parents], {
    cwd: repository.directory,
    input: commit.message,
    env: { GIT_AUTHOR_NAME: commit.author.name, GIT_AUTHOR_EMAIL: commit.author.email },
  });
}
