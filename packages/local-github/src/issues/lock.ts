import type { Actor } from "../http/route.ts";
import type { Issue, IssueComment, LockReason, Review, ReviewComment } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { announceIssue } from "./issue.ts";

/** Locks a conversation for those who may not write, or opens it again, and tells. */
export function setLocked(
  world: World,
  issue: Issue,
  actor: Actor,
  change: { locked: boolean; reason?: LockReason | undefined },
): void {
  issue.lockReason = change.locked ? (change.reason ?? null) : null;
  if (issue.locked === change.locked) return;
  issue.locked = change.locked;
  issue.updatedAt = world.now();
  announceIssue(world, issue, change.locked ? "locked" : "unlocked", actor);
}

/** The conversation a written thing is part of. */
export function conversationOf(thing: Issue | IssueComment | Review | ReviewComment): Issue {
  if (thing.kind === "Issue") return thing;
  if (thing.kind === "IssueComment") return thing.issue;
  return thing.kind === "PullRequestReview" ? thing.pull.issue : thing.thread.pull.issue;
}
