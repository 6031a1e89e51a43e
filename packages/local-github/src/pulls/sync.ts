import { changedFiles, compare } from "../git/compare.ts";
import { ZERO_OID } from "../git/git.ts";
import { mergeTrees } from "../git/merge.ts";
import { plumbingOf } from "../git/plumbing.ts";
import { git } from "../git/run.ts";
import type { Actor } from "../http/route.ts";
import { announceIssue, setIssueState } from "../issues/issue.ts";
import type { Pull, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { followLine } from "./hunk.ts";

export function openPulls(repository: Repository): Pull[] {
  return [...repository.issues.values()].flatMap((issue) =>
    issue.pull && issue.state === "open" ? issue.pull : [],
  );
}

/** Open pull requests whose head is a branch here, also those into the repository this one was forked from. */
export function pullsFrom(repository: Repository, branch: string): Pull[] {
  const homes = repository.parent ? [repository, repository.parent] : [repository];
  return homes
    .flatMap(openPulls)
    .filter((pull) => pull.head === branch && pull.headRepository === repository);
}

/** Works out what a pull request brings and whether it merges, if a side has moved since. */
export async function renewPull(world: World, pull: Pull): Promise<void> {
  if (!pull.stale) return;
  const { repository } = pull.issue;
  const { baseSha, headSha } = pull;
  const comparison = await compare(world, repository, baseSha, headSha);
  const { mergeBase } = comparison;
  const mergeTree = mergeBase && (await mergeTrees(world, repository, mergeBase, baseSha, headSha));
  // A side that moved meanwhile leaves it stale for the next reader.
  if (pull.baseSha !== baseSha || pull.headSha !== headSha) return renewPull(world, pull);
  Object.assign(pull, { comparison, mergeTree, stale: false });
}

/** GitHub shows every pull request's head below `refs/pull`, where it can be fetched. */
export async function writePullRef(
  world: World,
  repository: Repository,
  pull: Pull,
  before = ZERO_OID,
): Promise<void> {
  await plumbingOf(world, repository).moveRef(`refs/pull/${pull.issue.number}/head`, pull.headSha, before);
}

/** The head branch moved: the pull request follows and says so. */
export async function syncPullsOf(
  world: World,
  repository: Repository,
  branch: string,
  after: string,
  actor: Actor,
): Promise<void> {
  for (const pull of pullsFrom(repository, branch)) {
    const before = pull.headSha;
    if (before === after) continue;
    const home = pull.issue.repository;
    await bring(home, repository, branch);
    pull.headSha = after;
    pull.stale = true;
    pull.issue.updatedAt = world.now();
    await renewPull(world, pull);
    await writePullRef(world, home, pull, before);
    await moveThreads(world, home, pull, before);
    announceIssue(world, pull.issue, "synchronize", actor, { before, after });
  }
}

/** The base branch moved: nothing is announced, and what merges is worked out when someone asks. */
export function touchPullsInto(repository: Repository, branch: string, after: string): void {
  for (const pull of openPulls(repository).filter((each) => each.base === branch)) {
    pull.baseSha = after;
    pull.stale = true;
  }
}

export function closePullsOf(world: World, repository: Repository, branch: string, actor: Actor): void {
  for (const pull of pullsFrom(repository, branch)) {
    setIssueState(world, pull.issue, "closed", null, actor);
  }
}

/** Fetches a fork's branch, so that its commits can be read where they are to be merged. */
export async function bring(home: Repository, from: Repository, branch: string): Promise<void> {
  if (home === from) return;
  await git(["fetch", "--quiet", "--no-tags", from.directory, `refs/heads/${branch}`], {
    cwd: home.directory,
  });
}

/** Moves threads along with their lines; a thread whose line was touched becomes outdated. */
async function moveThreads(world: World, repository: Repository, pull: Pull, before: string): Promise<void> {
  const threads = pull.threads.filter((thread) => thread.line !== null && thread.side === "RIGHT");
  if (threads.length === 0) return;
  const changed = await changedFiles(world, repository, before, pull.headSha);
  for (const thread of threads) {
    const file = changed.find(
      (each) => each.filename === thread.path || each.previousFilename === thread.path,
    );
    if (!file) continue;
    const { line } = thread;
    if (line === null || file.status === "removed") thread.line = null;
    else thread.line = followLine(file.patch ?? "", line) ?? null;
  }
}
