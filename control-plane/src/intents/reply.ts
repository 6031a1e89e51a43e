import type { ThreadIntent } from "@aicd/core";
import { type CommentOwner, type CommentTarget, findTask } from "@aicd/db";
import { line } from "@aicd/github";
import { say } from "../tasks/say.ts";
import { renderRefusal } from "../thread/refusal.ts";
import { standingOf } from "../thread/standing.ts";
import type { Applying } from "./apply-intent.ts";
import { type Refusal, refusalRow } from "./refusals.ts";

/**
 * Answers a wish that is not done with one line, where it was said: a 😕 alone leaves people guessing. Once per
 * wish, however often its delivery comes. The API answers in its own response.
 */
export async function replyRefusal(
  applying: Applying,
  intent: ThreadIntent,
  refusal: Refusal,
): Promise<void> {
  const { deps, tx, row } = applying;
  if (intent.source.kind === "api" || intent.source.kind === "system") return;
  // It may have moved while the wish was looked at; what can be done is said of what is.
  const task = applying.task === undefined ? undefined : await findTask(tx, applying.task.id);
  await say(deps, tx, {
    ...ownerOf(applying),
    key: `refused:${row.id}`,
    target: targetOf(intent),
    body: renderRefusal({
      sentence: intent.type === "command.unclear" ? line(intent.problem) : refusalRow(refusal).sentence,
      task: task === undefined ? undefined : await standingOf(tx, task),
    }),
  });
}

/** What is said without a task belongs to the repository. */
export function ownerOf({ task, row }: Pick<Applying, "task" | "row">): CommentOwner {
  return task === undefined ? { repositoryId: row.repositoryId } : { taskId: task.id };
}

/** The thread it was said on: a comment in a diff is answered below it. */
export function targetOf(intent: ThreadIntent): CommentTarget {
  const number = "issueNumber" in intent ? intent.issueNumber : intent.pullRequestNumber;
  if (intent.source.kind === "review_comment") {
    const { commentId, inReplyTo = commentId } = intent.source;
    return { kind: "review_comment", pullRequestNumber: number, commentId: inReplyTo };
  }
  return { kind: "issue", number };
}
