import type { Actor } from "../http/route.ts";
import { repositoryShape } from "../repositories/shape.ts";
import type { Issue, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { announceIssue, ensureLabel } from "./issue.ts";
import { issueShape } from "./shape.ts";

/** Deletes an issue for good; its number stays taken. Pull requests cannot be deleted on GitHub. */
export function deleteIssue(world: World, issue: Issue, actor: Actor): void {
  if (issue.pull) throw new Error("GitHub deletes no pull requests");
  forget(world, issue);
  issue.repository.departed.set(issue.number, undefined);
  announceIssue(world, issue, "deleted", actor);
}

/**
 * Moves an issue and its comments to another repository of the same owner, where it gets a new number and id.
 * Labels go along where the other repository has one of that name. docs.github.com "Transferring an issue".
 */
export function transferIssue(world: World, issue: Issue, to: Repository, actor: Actor): Issue {
  const from = issue.repository;
  if (issue.pull) throw new Error("GitHub transfers no pull requests");
  if (from.owner !== to.owner || from === to)
    throw new Error("an issue moves between repositories of one owner");
  const moved: Issue = {
    ...issue,
    ...world.mint("issue"),
    repository: to,
    number: to.nextNumber,
    labels: issue.labels
      .filter((label) => to.labels.has(label.name.toLowerCase()))
      .map((label) => ensureLabel(world, to, label.name)),
    updatedAt: world.now(),
  };
  to.nextNumber += 1;
  to.issues.set(moved.number, moved);
  world.nodes.set(moved.nodeId, { type: "Issue", value: moved });
  from.issues.delete(issue.number);
  world.nodes.delete(issue.nodeId);
  from.departed.set(issue.number, moved);
  for (const comment of moved.comments) Object.assign(comment, { issue: moved, repository: to });
  const old = { old_issue: issueShape(world, issue), old_repository: repositoryShape(world, from) };
  const changes = { new_issue: issueShape(world, moved), new_repository: repositoryShape(world, to) };
  announceIssue(world, { ...issue, comments: [] }, "transferred", actor, { changes });
  announceIssue(world, moved, "opened", actor, { changes: old });
  return moved;
}

function forget(world: World, issue: Issue): void {
  issue.repository.issues.delete(issue.number);
  world.nodes.delete(issue.nodeId);
  for (const comment of issue.comments) {
    world.comments.delete(comment.id);
    world.nodes.delete(comment.nodeId);
  }
}
