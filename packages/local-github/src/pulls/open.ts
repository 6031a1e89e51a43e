import { simpleUser } from "../accounts/shape.ts";
import { compare } from "../git/compare.ts";
import { withLock } from "../git/lock.ts";
import { branchOid } from "../git/read.ts";
import { type FieldProblem, validationFailed } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import { addIssue, announceIssue } from "../issues/issue.ts";
import type { Account } from "../world/account.ts";
import type { Pull, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { openPulls, renewPull, writePullRef } from "./sync.ts";

export interface NewPull {
  title: string;
  body: string | null | undefined;
  /** `branch` or `owner:branch`; heads live in the repository itself. */
  head: string;
  base: string;
  draft: boolean;
}

/** Opens a pull request or throws GitHub's 422. Two at once for the same head: one wins, the other is told. */
export function openPull(world: World, repository: Repository, actor: Actor, input: NewPull): Promise<Pull> {
  return withLock(world, repository, async () => {
    const head = headBranch(repository, input.head);
    const [headSha, baseSha] = await Promise.all([
      branchOid(world, repository, head),
      branchOid(world, repository, input.base),
    ]);
    if (!headSha) throw refused({ code: "invalid", field: "head" });
    if (!baseSha) throw refused({ code: "invalid", field: "base" });
    if (openPulls(repository).some((each) => each.head === head && each.base === input.base)) {
      const message = `A pull request already exists for ${repository.owner.login}:${head}.`;
      throw refused({ code: "custom", message });
    }
    const comparison = await compare(world, repository, baseSha, headSha);
    if (comparison.ahead === 0) {
      throw refused({ code: "custom", message: `No commits between ${input.base} and ${head}` });
    }
    const issue = addIssue(world, repository, actor, { title: input.title, body: input.body });
    const pull: Pull = {
      ...world.mint("pull"),
      issue,
      base: input.base,
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

function headBranch(repository: Repository, head: string): string {
  const colon = head.indexOf(":");
  if (colon < 0) return head;
  if (head.slice(0, colon).toLowerCase() !== repository.owner.login.toLowerCase()) {
    throw refused({ code: "invalid", field: "head" });
  }
  return head.slice(colon + 1);
}

function refused(problem: Omit<FieldProblem, "resource">): Error {
  return validationFailed({ resource: "PullRequest", ...problem });
}

/** Turns a draft into a pull request that asks to be reviewed, or back. */
export function setDraft(world: World, pull: Pull, draft: boolean, actor: Actor): void {
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
