import type { Relation } from "../world/comparison.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { readCommit } from "./read.ts";
import { git, tryGit } from "./run.ts";

/** Beyond this git is faster with its own commit walk, even though it has to be started. */
const LONGEST_CHAIN = 100;

/** Nearly every head is a short chain on top of its base, which is read without starting git. */
export async function relate(
  world: World,
  repository: Repository,
  base: string,
  head: string,
): Promise<Relation> {
  const chain: string[] = [];
  for (let oid = head; chain.length < LONGEST_CHAIN; ) {
    if (oid === base) return { mergeBase: base, ahead: chain.length, behind: 0, commits: chain.reverse() };
    const commit = await readCommit(world, repository, oid);
    const [parent, ...others] = commit?.parents ?? [];
    if (!parent || others.length > 0) break;
    chain.push(oid);
    oid = parent;
  }
  return relateByGit(repository, base, head);
}

async function relateByGit(repository: Repository, base: string, head: string): Promise<Relation> {
  const cwd = repository.directory;
  const [mergeBase, sides] = await Promise.all([
    tryGit(["merge-base", base, head], { cwd }),
    git(["rev-list", "--left-right", "--topo-order", "--reverse", `${base}...${head}`], { cwd }),
  ]);
  const lines = sides.split("\n").filter(Boolean);
  const commits = lines.filter((line) => line.startsWith(">")).map((line) => line.slice(1));
  return {
    mergeBase: mergeBase.code === 0 ? mergeBase.stdout.toString().trim() : undefined,
    ahead: commits.length,
    behind: lines.length - commits.length,
    commits,
  };
}

export async function isAncestor(
  world: World,
  repository: Repository,
  ancestor: string,
  of: string,
): Promise<boolean> {
  const { mergeBase } = await relate(world, repository, ancestor, of);
  return mergeBase === ancestor;
}
