import { branchOid, commitAt } from "../git/read.ts";
import { closingIssues } from "../pulls/closing.ts";
import { pullShape } from "../pulls/shape.ts";
import type { Pull, Repository, Review } from "../world/types.ts";
import { connection, type PageArgs } from "./connection.ts";
import { threadView } from "./issue-view.ts";
import type { Scope, View } from "./scope.ts";

export function pullView(scope: Scope, pull: Pull): View {
  const { issue, comparison } = pull;
  const { world } = scope;
  const { repository } = issue;
  const shape = pullShape(world, pull);
  const thread = threadView(scope, issue);
  const shown = async (oid: string) => scope.view.commit(repository, await commitAt(world, repository, oid));
  const home = pull.headRepository;
  const refView = async (place: Repository, branch: string) => {
    const oid = await branchOid(world, place, branch);
    return oid ? scope.view.ref(place, `refs/heads/${branch}`, oid) : null;
  };
  return {
    __typename: "PullRequest",
    ...thread,
    id: pull.nodeId,
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    permalink: thread.url,
    state: pull.mergedAt ? "MERGED" : issue.state.toUpperCase(),
    isDraft: pull.draft,
    isCrossRepository: pull.headRepository !== repository,
    merged: pull.mergedAt !== null,
    mergedAt: pull.mergedAt,
    mergedBy: pull.mergedBy ? scope.view.account(pull.mergedBy) : null,
    mergeCommit: () => (pull.mergeCommitSha ? shown(pull.mergeCommitSha) : null),
    mergeable: pull.mergedAt ? "UNKNOWN" : pull.mergeTree ? "MERGEABLE" : "CONFLICTING",
    mergeStateStatus: shape.mergeable_state.toUpperCase(),
    maintainerCanModify: false,
    additions: comparison.additions,
    deletions: comparison.deletions,
    changedFiles: comparison.files.length,
    baseRefName: pull.base,
    baseRefOid: pull.baseSha,
    baseRef: () => refView(repository, pull.base),
    baseRepository: () => scope.view.repository(repository),
    headRefName: pull.head,
    headRefOid: pull.headSha,
    headRef: () => (home ? refView(home, pull.head) : null),
    headRepository: () => (home ? scope.view.repository(home) : null),
    headRepositoryOwner: () => (home ? scope.view.account(home.owner) : null),
    commits: (args: PageArgs) =>
      connection("commits", comparison.commits, args, async (oid) => ({
        __typename: "PullRequestCommit",
        id: `PURC_${oid}`,
        url: `${String(thread.url)}/commits/${oid}`,
        commit: await shown(oid),
      })),
    files: (args: PageArgs) =>
      connection("files", comparison.files, args, (file) => ({
        __typename: "PullRequestChangedFile",
        path: file.filename,
        additions: file.additions,
        deletions: file.deletions,
        changeType: CHANGE_TYPES[file.status],
      })),
    reviews: (args: PageArgs & { states?: string[] | null }) => {
      const shown = pull.reviews.filter((review) => !args.states || args.states.includes(review.state));
      return connection("reviews", shown, args, scope.view.review);
    },
    latestReviews: (args: PageArgs) => connection("latestReviews", latest(pull), args, scope.view.review),
    reviewDecision: decision(pull),
    reviewThreads: (args: PageArgs) => connection("reviewThreads", pull.threads, args, scope.view.thread),
    reviewRequests: (args: PageArgs) =>
      connection("reviewRequests", pull.requestedReviewers, args, (account) => ({
        __typename: "ReviewRequest",
        id: `RR_${account.nodeId}`,
        asCodeOwner: false,
        requestedReviewer: scope.view.account(account),
      })),
    closingIssuesReferences: (args: PageArgs) =>
      connection("closingIssuesReferences", closingIssues(world, pull), args, scope.view.issue),
  };
}

const CHANGE_TYPES = {
  added: "ADDED",
  removed: "DELETED",
  modified: "MODIFIED",
  renamed: "RENAMED",
  changed: "CHANGED",
} as const;

/** Each reviewer's last word. */
function latest(pull: Pull): Review[] {
  const spoken = pull.reviews.filter((review) => review.state !== "PENDING");
  return [...new Map(spoken.map((review) => [review.user.id, review])).values()];
}

function decision(pull: Pull): string | null {
  const states = latest(pull).map((review) => review.state);
  if (states.includes("CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  return states.includes("APPROVED") ? "APPROVED" : null;
}
