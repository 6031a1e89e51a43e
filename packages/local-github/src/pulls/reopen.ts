import { branchOid } from "../git/read.ts";
import { isAncestor } from "../git/walk.ts";
import { type GitHubError, validationFailed } from "../http/errors.ts";
import type { Pull } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { bring, openPulls, renewPull, writePullRef } from "./sync.ts";

/**
 * Brings a closed pull request up to its head, as it must be before it is opened again, or throws GitHub's 422.
 * docs.github.com "Update a pull request", `state`.
 */
export async function prepareReopen(world: World, pull: Pull): Promise<void> {
  const { repository } = pull.issue;
  if (pull.mergedAt) throw refused("The pull request was merged.");
  const head = pull.headRepository && (await branchOid(world, pull.headRepository, pull.head));
  if (!pull.headRepository)
    throw refused("The repository that submitted this pull request has been deleted.");
  if (!head) throw refused(`The ${pull.head} branch has been deleted.`);
  await bring(repository, pull.headRepository, pull.head);
  if (!(await branchOid(world, repository, pull.base))) {
    throw refused(`The ${pull.base} branch has been deleted.`);
  }
  if (head !== pull.headSha && !(await isAncestor(world, repository, pull.headSha, head))) {
    throw refused(`The ${pull.head} branch was force-pushed or recreated.`);
  }
  const twin = openPulls(repository).some(
    (each) =>
      each.head === pull.head && each.base === pull.base && each.headRepository === pull.headRepository,
  );
  if (twin) {
    throw refused(`There is already an open pull request from ${pull.head} to ${pull.base}.`);
  }
  if (head === pull.headSha) return;
  const before = pull.headSha;
  Object.assign(pull, { headSha: head, stale: true });
  await writePullRef(world, repository, pull, before);
  await renewPull(world, pull);
}

function refused(reason: string): GitHubError {
  return validationFailed({
    resource: "PullRequest",
    code: "custom",
    field: "state",
    message: `state cannot be changed. ${reason}`,
  });
}
