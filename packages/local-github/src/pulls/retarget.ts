import { branchOid } from "../git/read.ts";
import { validationFailed } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import { announceIssue, setIssueState } from "../issues/issue.ts";
import type { Pull, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { openPulls } from "./sync.ts";

/** Points a pull request at another base, or throws GitHub's 422. docs.github.com "Update a pull request", `base`. */
export async function changeBase(world: World, pull: Pull, base: string, actor: Actor): Promise<void> {
  if (base === pull.base) return;
  const problem = { resource: "PullRequest", code: "invalid", field: "base" } as const;
  if (pull.issue.state === "closed") {
    const message = "Cannot change the base branch of a closed pull request.";
    throw validationFailed({ ...problem, message });
  }
  const baseSha = await branchOid(world, pull.issue.repository, base);
  if (!baseSha) throw validationFailed(problem);
  retarget(world, pull, { base, baseSha }, actor);
}

function retarget(world: World, pull: Pull, to: { base: string; baseSha: string }, actor: Actor): void {
  const changes = { base: { ref: { from: pull.base }, sha: { from: pull.baseSha } } };
  Object.assign(pull, to, { stale: true });
  pull.issue.updatedAt = world.now();
  announceIssue(world, pull.issue, "edited", actor, { changes });
}

/** docs.github.com "Renaming a branch": open pull requests into it follow. */
export function followRename(
  world: World,
  repository: Repository,
  renamed: { from: string; to: string; oid: string },
  actor: Actor,
): void {
  for (const pull of openPulls(repository).filter((each) => each.base === renamed.from)) {
    retarget(world, pull, { base: renamed.to, baseSha: renamed.oid }, actor);
  }
}

/**
 * A branch is gone that others are to be merged into. docs.github.com "Creating and deleting branches within your
 * repository": they are closed, unless it was merged itself, which hands them on to where it went.
 */
export async function loseBase(
  world: World,
  repository: Repository,
  branch: string,
  actor: Actor,
): Promise<void> {
  const merged = [...repository.issues.values()].findLast(
    ({ pull }) => pull?.mergedAt && pull.head === branch && pull.headRepository === repository,
  )?.pull;
  const baseSha = merged && (await branchOid(world, repository, merged.base));
  for (const pull of openPulls(repository).filter((each) => each.base === branch)) {
    if (merged && baseSha) retarget(world, pull, { base: merged.base, baseSha }, actor);
    else setIssueState(world, pull.issue, "closed", null, actor);
  }
}
