import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { readCommit } from "./read.ts";
import { git, tryGit } from "./run.ts";

/**
 * Merges two commits without a checkout and gives the merged tree, or undefined when they conflict.
 * Uses plumbing that every git has; `merge-tree --write-tree` only came with 2.38.
 */
export async function mergeTrees(
  world: World,
  repository: Repository,
  base: string,
  ours: string,
  theirs: string,
): Promise<string | undefined> {
  if (base === ours) return (await readCommit(world, repository, theirs))?.tree;
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
