import { associationOf } from "../accounts/account.ts";
import { simpleUser } from "../accounts/shape.ts";
import { issueUrl, issueWebUrl, labelShape } from "../issues/shape.ts";
import { apiUrl, repositoryShape } from "../repositories/shape.ts";
import { mergeBlockedBy } from "../rules/branch.ts";
import type { Pull, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";

export function pullUrl(world: World, pull: Pull): string {
  return `${apiUrl(world, pull.issue.repository)}/pulls/${pull.issue.number}`;
}

/** GitHub's `pull-request-simple`: what lists carry. */
export function pullSimple(world: World, pull: Pull) {
  const { issue } = pull;
  const { repository } = issue;
  const api = apiUrl(world, repository);
  const url = pullUrl(world, pull);
  const web = issueWebUrl(world, issue);
  const side = (branch: string, sha: string, home: Repository | undefined) => ({
    label: home ? `${home.owner.login}:${branch}` : `unknown repository:${branch}`,
    ref: branch,
    sha,
    user: home ? simpleUser(world, home.owner) : null,
    repo: home ? repositoryShape(world, home) : null,
  });
  const links = {
    self: url,
    html: web,
    issue: issueUrl(world, issue),
    comments: `${issueUrl(world, issue)}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${pull.headSha}`,
  };
  return {
    url,
    id: pull.id,
    node_id: pull.nodeId,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: links.issue,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: simpleUser(world, issue.user),
    body: issue.hasBody ? issue.body : null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: issue.assignees[0] ? simpleUser(world, issue.assignees[0]) : null,
    assignees: issue.assignees.map((account) => simpleUser(world, account)),
    requested_reviewers: pull.requestedReviewers.map((account) => simpleUser(world, account)),
    requested_teams: [],
    labels: issue.labels.map((label) => ({
      ...labelShape(world, repository, label),
      description: label.description ?? "",
    })),
    milestone: null,
    draft: pull.draft,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    head: side(pull.head, pull.headSha, pull.headRepository),
    base: side(pull.base, pull.baseSha, repository),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: associationOf(repository, issue.user),
    auto_merge: null,
    active_lock_reason: issue.lockReason,
  };
}

/** GitHub's `pull-request`, with counts and mergeability. */
export function pullShape(world: World, pull: Pull) {
  const { comparison } = pull;
  return {
    ...pullSimple(world, pull),
    merged: pull.mergedAt !== null,
    mergeable: pull.mergedAt ? null : pull.mergeTree !== undefined,
    rebaseable: pull.mergedAt ? null : pull.mergeTree !== undefined,
    mergeable_state: mergeableState(pull),
    merged_by: pull.mergedBy ? simpleUser(world, pull.mergedBy) : null,
    comments: pull.issue.comments.length,
    review_comments: pull.reviews.reduce((sum, review) => sum + review.comments.length, 0),
    maintainer_can_modify: false,
    commits: comparison.ahead,
    additions: comparison.additions,
    deletions: comparison.deletions,
    changed_files: comparison.files.length,
  };
}

function mergeableState(pull: Pull): string {
  if (pull.mergedAt) return "unknown";
  if (pull.mergeTree === undefined) return "dirty";
  if (pull.draft) return "draft";
  return mergeBlockedBy(pull, undefined) ? "blocked" : "clean";
}
