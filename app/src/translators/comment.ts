import type { IntentSource, ThreadIntent } from "@aicd/core";
import { type Command, parseCommand } from "@aicd/core/command";
import type { EmitterWebhookEvent } from "@octokit/webhooks";
import { isPerson } from "./repository.ts";

type CreatedComment = EmitterWebhookEvent<"issue_comment.created">["payload"];
type EditedComment = EmitterWebhookEvent<"issue_comment.edited">["payload"];
type ReviewComment = EmitterWebhookEvent<"pull_request_review_comment.created">["payload"];

/** A command on an issue or on the conversation of a pull request. */
export function fromIssueComment(payload: CreatedComment): ThreadIntent | undefined {
  if (!isPerson(payload.sender)) return undefined;
  const said = saidIn(payload);
  const intent = fromCommand(parseCommand(payload.comment.body ?? ""), said);
  return payload.issue.pull_request == null ? intent : onPullRequest(intent, said);
}

/** A command in a comment on the diff: as good as on the conversation below it. */
export function fromReviewComment(payload: ReviewComment): ThreadIntent | undefined {
  if (!isPerson(payload.sender)) return undefined;
  const { comment, pull_request, sender } = payload;
  const opener = comment.in_reply_to_id;
  const said: Said = {
    issueNumber: pull_request.number,
    actor: { login: sender.login, id: sender.id },
    source: {
      kind: "review_comment",
      commentId: comment.id,
      ...(opener == null ? {} : { inReplyTo: opener }),
    },
  };
  return onPullRequest(fromCommand(parseCommand(comment.body ?? ""), said), said);
}

/** A command that an edit brings starts nothing: who approved what must be readable afterwards. It is said. */
export function fromEditedComment(payload: EditedComment): ThreadIntent | undefined {
  const from = payload.changes.body?.from;
  if (!isPerson(payload.sender) || from === undefined) return undefined;
  if (!adds(parseCommand(payload.comment.body ?? ""), parseCommand(from))) return undefined;
  return {
    ...saidIn(payload),
    type: "command.unclear",
    problem: "Commands count when they are posted, so this edit starts nothing: post it as a new comment.",
  };
}

function adds(now: Command | undefined, before: Command | undefined): boolean {
  if (now === undefined) return false;
  if (before?.kind !== "command") return before === undefined || now.kind === "command";
  return now.kind === "command" && now.verb !== before.verb;
}

/** A pull request is no issue to plan for; its own task takes the other commands. */
function onPullRequest(intent: ThreadIntent | undefined, said: Said): ThreadIntent | undefined {
  if (intent?.type !== "task.requested") return intent;
  const problem = "On a pull request, submit a review to have it changed.";
  return { ...said, type: "command.unclear", problem };
}

type Said = { issueNumber: number; actor: { login: string; id: number }; source: IntentSource };

function saidIn({ issue, sender, comment }: CreatedComment | EditedComment): Said {
  return {
    issueNumber: issue.number,
    actor: { login: sender.login, id: sender.id },
    source: { kind: "issue_comment", commentId: comment.id },
  };
}

function fromCommand(command: Command | undefined, said: Said): ThreadIntent | undefined {
  if (command === undefined) return undefined;
  if (command.kind === "unclear") return { ...said, type: "command.unclear", problem: command.problem };
  const { verb, text } = command;
  const { partial, ...flags } = command.flags;
  switch (verb) {
    case "plan":
      return { ...said, type: "task.requested", mode: "wait", text, flags };
    case "run":
      return { ...said, type: "task.requested", mode: "auto", text, flags };
    case "approve":
      return { ...said, type: "plan.approved", hash: command.hash ?? "" };
    case "revise":
      return { ...said, type: "plan.revised", text };
    case "retry":
      return { ...said, type: "retry.requested", text, flags, ...(partial === undefined ? {} : { partial }) };
    case "cancel":
      return { ...said, type: "task.cancelled", reason: `@${said.actor.login} asked for it` };
    case "status":
    case "explain":
    case "doctor":
    case "help":
      return { ...said, type: "status.requested", verb };
    case "ask":
      return { ...said, type: "status.requested", verb, text };
  }
}
