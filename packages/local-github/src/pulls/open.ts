import { simpleUser } from "../accounts/shape.ts";
import { compare } from "../git/compare.ts";
import { withLock } from "../git/lock.ts";
import { branchOid } from "../git/read.ts";
import { type FieldProblem, unprocessable, validationFailed } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import { addIssue, announceIssue } from "../issues/issue.ts";
import type { Account } from "../world/account.ts";
import type { Pull, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { bring, pullsFrom, renewPull, writePullRef } from "./sync.ts";

export interface NewPull {
  title: string;
  body: string | null | undefined;
  /** `branch`, or `owner:branch` for one in a fork. */
  head: string;
  /** Name of the fork, for an owner who has several. */
  headRepository?: string | undefined;
  base: string;
  draft: boolean;
}

/** Opens a pull request or throws GitHub's 422. Two at once for the same head: one wins, the other is told. */
export function openPull(world: World, repository: Repository, actor: Actor, input: NewPull): Promise<Pull> {
  return withLock(world, repository, async () => {
    if (input.draft) checkDrafts(repository);
    const { home, head } = headOf(world, repository, input);
    const [headSha, baseSha] = await Promise.all([
      branchOid(world, home, head),
      branchOid(world, repository, input.base),
    ]);
    if (!headSha) throw refused({ code: "invalid", field: "head" });
    if (!baseSha) throw refused({ code: "invalid", field: "base" });
    if (
      pullsFrom(home, head).some((each) => each.issue.repository === repository && each.base === input.base)
    ) {
      const message = `A pull request already exists for ${home.owner.login}:${head}.`;
      throw refused({ code: "custom", message });
    }
    await bring(repository, home, head);
    const comparison = await compare(world, repository, baseSha, headSha);
    if (comparison.ahead === 0) {
      throw refused({ code: "custom", message: `No commits between ${input.base} and ${head}` });
    }
    const issue = addIssue(world, repository, actor, { title: input.title, body: input.body });
    const pull: Pull = {
      ...world.mint("pull"),
      issue,
      base: input.base,
      headRepository: home,
      baseSha,
      head,
      headSha,
      draft: input.draft,
      mergedAt: null,
      mergedBy: undefined,
      mergeCommitSha: null,
      requestedReviewers: [],
      comparison,
      mergeTree: undefined,
      stale: true,
      reviews: [],
      threads: [],
    };
    issue.pull = pull;
    world.nodes.delete(issue.nodeId);
    world.nodes.set(pull.nodeId, { type: "PullRequest", value: pull });
    await Promise.all([renewPull(world, pull), writePullRef(world, repository, pull)]);
    announceIssue(world, issue, "opened", actor);
    return pull;
  });
}

/** Where the head branch lives: here, or in a fork. docs.github.com "Create a pull request", `head` and `head_repo`. */
function headOf(
  world: World,
  repository: Repository,
  input: Pick<NewPull, "head" | "headRepository">,
): { home: Repository; head: string } {
  const colon = input.head.indexOf(":");
  if (colon < 0) return { home: repository, head: input.head };
  const owner = input.head.slice(0, colon).toLowerCase();
  const home = [repository, ...world.repositories.values()].find(
    (each) =>
      (each === repository || each.parent === repository) &&
      each.owner.login.toLowerCase() === owner &&
      (input.headRepository === undefined || each.name === input.headRepository),
  );
  if (!home) throw refused({ code: "invalid", field: "head" });
  return { home, head: input.head.slice(colon + 1) };
}

function refused(problem: Omit<FieldProblem, "resource">): Error {
  return validationFailed({ resource: "PullRequest", ...problem });
}

/** docs.github.com "About pull requests", "Draft pull requests": not on every plan. */
function checkDrafts(repository: Repository): void {
  if (!repository.drafts) throw unprocessable("Draft pull requests are not supported in this repository.");
}

/** Turns a draft into a pull request that asks to be reviewed, or back. */
export function setDraft(world: World, pull: Pull, draft: boolean, actor: Actor): void {
  if (draft) checkDrafts(pull.issue.repository);
  if (pull.draft === draft) return;
  pull.draft = draft;
  pull.issue.updatedAt = world.now();
  announceIssue(world, pull.issue, draft ? "converted_to_draft" : "ready_for_review", actor);
}

export function requestReview(world: World, pull: Pull, reviewers: readonly Account[], actor: Actor): void {
  for (const reviewer of reviewers) {
    if (pull.requestedReviewers.includes(reviewer)) continue;
    pull.requestedReviewers.push(reviewer);
    announceIssue(world, pull.issue, "review_requested", actor, {
      requested_reviewer: simpleUser(world, reviewer),
    });
  }
}

export function withdrawReviewRequest(
  world: World,
  pull: Pull,
  reviewers: readonly Account[],
  actor: Actor,
): void {
  for (const reviewer of reviewers) {
    if (!pull.requestedReviewers.includes(reviewer)) continue;
    pull.requestedReviewers = pull.requestedReviewers.filter((each) => each !== reviewer);
    announceIssue(world, pull.issue, "review_request_removed", actor, {
      requested_reviewer: simpleUser(world, reviewer),
    });
  }
}
