import { associationOf } from "../accounts/account.ts";
import { simpleUser } from "../accounts/shape.ts";
import { integration } from "../apps/shape.ts";
import { apiUrl, webUrl } from "../repositories/shape.ts";
import {
  type Authored,
  type Issue,
  type IssueComment,
  type Label,
  REACTIONS,
  type Reaction,
  type Repository,
} from "../world/types.ts";
import type { World } from "../world/world.ts";

export function labelShape(world: World, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: label.nodeId,
    url: `${apiUrl(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: label.default,
    description: label.description,
  };
}

export function reactionShape(world: World, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: reaction.nodeId,
    user: simpleUser(world, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

export function reactionRollup(url: string, reactions: readonly Reaction[]) {
  const counts = Object.fromEntries(
    REACTIONS.map((content) => [content, reactions.filter((each) => each.content === content).length]),
  );
  return { url: `${url}/reactions`, total_count: reactions.length, ...counts };
}

/** Author, association, times: what every written thing shows alike. */
export function authorship(world: World, thing: Authored) {
  return {
    user: simpleUser(world, thing.user),
    created_at: thing.createdAt,
    updated_at: thing.updatedAt,
    author_association: associationOf(thing.repository, thing.user),
  };
}

export function issueUrl(world: World, issue: Issue): string {
  return `${apiUrl(world, issue.repository)}/issues/${issue.number}`;
}

/** Where a person looks at it: `/issues/7`, or `/pull/7` for a pull request. */
export function issueWebUrl(world: World, issue: Issue): string {
  return `${webUrl(world, issue.repository)}/${issue.pull ? "pull" : "issues"}/${issue.number}`;
}

export function issueShape(world: World, issue: Issue) {
  const url = issueUrl(world, issue);
  return {
    url,
    repository_url: apiUrl(world, issue.repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: issueWebUrl(world, issue),
    id: issue.id,
    node_id: issue.nodeId,
    number: issue.number,
    title: issue.title,
    ...authorship(world, issue),
    labels: issue.labels.map((label) => labelShape(world, issue.repository, label)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked,
    assignee: issue.assignees[0] ? simpleUser(world, issue.assignees[0]) : null,
    assignees: issue.assignees.map((account) => simpleUser(world, account)),
    milestone: null,
    comments: issue.comments.length,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy ? simpleUser(world, issue.closedBy) : null,
    active_lock_reason: issue.lockReason,
    ...(issue.pull ? { draft: issue.pull.draft, pull_request: pullLinks(world, issue) } : {}),
    body: issue.hasBody ? issue.body : null,
    reactions: reactionRollup(url, issue.reactions),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: issue.viaApp ? integration(world, issue.viaApp) : null,
  };
}

/** As in REST, less what webhook payloads do not carry. */
export function issueInWebhook(world: World, issue: Issue) {
  const { closed_by: _, performed_via_github_app: app, ...rest } = issueShape(world, issue);
  return { ...rest, performed_via_github_app: app };
}

function pullLinks(world: World, issue: Issue) {
  const web = issueWebUrl(world, issue);
  return {
    url: `${apiUrl(world, issue.repository)}/pulls/${issue.number}`,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    merged_at: issue.pull?.mergedAt ?? null,
  };
}

export function commentShape(world: World, comment: IssueComment) {
  const url = `${apiUrl(world, comment.repository)}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${issueWebUrl(world, comment.issue)}#issuecomment-${comment.id}`,
    issue_url: issueUrl(world, comment.issue),
    id: comment.id,
    node_id: comment.nodeId,
    ...authorship(world, comment),
    body: comment.body,
    reactions: reactionRollup(url, comment.reactions),
    performed_via_github_app: comment.viaApp ? integration(world, comment.viaApp) : null,
  };
}
