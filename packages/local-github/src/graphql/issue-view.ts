import { issueWebUrl, labelShape } from "../issues/shape.ts";
import type { Issue, IssueComment, Label, Repository } from "../world/types.ts";
import { connection, type PageArgs } from "./connection.ts";
import type { Scope, View } from "./scope.ts";
import { minimizableView, writtenView } from "./written-view.ts";

/** What issues and pull requests show alike. */
export function threadView(scope: Scope, issue: Issue): View {
  const url = issueWebUrl(scope.world, issue);
  return {
    ...writtenView(scope, issue),
    number: issue.number,
    title: issue.title,
    url,
    resourcePath: new URL(url).pathname,
    closed: issue.state === "closed",
    closedAt: issue.closedAt,
    locked: issue.locked,
    activeLockReason: issue.lockReason?.toUpperCase().replace(/[ -]/g, "_") ?? null,
    labels: (args: PageArgs) =>
      connection("labels", issue.labels, args, (label) => labelView(scope, issue.repository, label)),
    assignees: (args: PageArgs) => connection("assignees", issue.assignees, args, scope.view.account),
    comments: (args: PageArgs) => connection("comments", issue.comments, args, scope.view.comment),
    participants: (args: PageArgs) => {
      const people = new Set([issue.user, ...issue.comments.map((comment) => comment.user)]);
      return connection("participants", [...people], args, scope.view.account);
    },
  };
}

export function issueView(scope: Scope, issue: Issue): View {
  return {
    __typename: "Issue",
    ...threadView(scope, issue),
    state: issue.state.toUpperCase(),
    stateReason: issue.stateReason?.toUpperCase() ?? null,
  };
}

export function labelView(scope: Scope, repository: Repository, label: Label): View {
  const { url } = labelShape(scope.world, repository, label);
  return {
    __typename: "Label",
    id: label.nodeId,
    name: label.name,
    color: label.color,
    description: label.description,
    isDefault: label.default,
    url,
    repository: scope.view.repository(repository),
  };
}

export function commentView(scope: Scope, comment: IssueComment): View {
  const url = `${issueWebUrl(scope.world, comment.issue)}#issuecomment-${comment.id}`;
  const { pull } = comment.issue;
  return {
    __typename: "IssueComment",
    ...writtenView(scope, comment),
    ...minimizableView(comment),
    url,
    resourcePath: new URL(url).pathname,
    issue: () => scope.view.issue(comment.issue),
    pullRequest: () => (pull ? scope.view.pull(pull) : null),
  };
}
