import type { Repository } from "../world/types.ts";
import type { Node } from "../world/world.ts";
import { admit, GraphqlProblem, READ_PULLS, READ_THREADS, type Scope, type View } from "./scope.ts";

/** What a global id names, as GraphQL shows it; checks that the caller may see it. */
export function nodeView(scope: Scope, id: string): View {
  const node = findNode(scope, id);
  const repository = repositoryOf(node);
  if (repository) {
    const threads = node.type === "Issue" || node.type === "IssueComment";
    const need = threads ? READ_THREADS : READ_PULLS;
    admit(scope, repository, node.type === "Repository" ? { app: ["metadata:read"], user: "read" } : need);
  }
  return show(scope, node);
}

function findNode(scope: Scope, id: string): Node {
  const node = scope.world.nodes.get(id);
  if (!node)
    throw new GraphqlProblem("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
  return node;
}

/** Finds a node of one kind, or says what GitHub says about an id of another. */
export function findOf<T extends Node["type"]>(
  scope: Scope,
  id: string,
  ...types: T[]
): Extract<Node, { type: T }> {
  const node = findNode(scope, id);
  if (!(types as string[]).includes(node.type)) {
    throw new GraphqlProblem(
      "NOT_FOUND",
      `Could not resolve to ${types.join(" or ")} node with the global id of '${id}'`,
    );
  }
  return node as Extract<Node, { type: T }>;
}

function repositoryOf(node: Node): Repository | undefined {
  if (node.type === "Account") return undefined;
  if (node.type === "Repository") return node.value;
  if (node.type === "PullRequest") return node.value.issue.repository;
  return node.type === "PullRequestReviewThread" ? node.value.pull.issue.repository : node.value.repository;
}

export function show(scope: Scope, node: Node): View {
  const { view } = scope;
  if (node.type === "Account") return view.account(node.value);
  if (node.type === "Repository") return view.repository(node.value);
  if (node.type === "Issue") return view.issue(node.value);
  if (node.type === "PullRequest") return view.pull(node.value);
  if (node.type === "IssueComment") return view.comment(node.value);
  if (node.type === "PullRequestReview") return view.review(node.value);
  return node.type === "PullRequestReviewComment" ? view.reviewComment(node.value) : view.thread(node.value);
}
