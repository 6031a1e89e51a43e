import { type Command, type IntentSource, parseCommand, type ThreadIntent } from "@aicd/core";
import type { EmitterWebhookEvent } from "@octokit/webhooks";
import { isPerson } from "./place.ts";

/** A command on an issue or on the conversation of a pull request. */
export function fromIssueComment(
  payload: EmitterWebhookEvent<"issue_comment.created">["payload"],
): ThreadIntent | undefined {
  if (!isPerson(payload.sender)) return undefined;
  const intent = fromCommand(parseCommand(payload.comment.body ?? ""), {
    issueNumber: payload.issue.number,
    actor: { login: payload.sender.login, id: payload.sender.id },
    source: { kind: "issue_comment", commentId: payload.comment.id },
  });
  // A pull request is no issue to plan for; its own task takes the other commands.
  if (intent?.type !== "task.requested" || payload.issue.pull_request == null) return intent;
  const { issueNumber, actor, source } = intent;
  return {
    type: "command.unclear",
    issueNumber,
    actor,
    source,
    problem: "On a pull request, submit a review to have it changed.",
  };
}

type Said = { issueNumber: number; actor: { login: string; id: number }; source: IntentSource };

function fromCommand(command: Command | undefined, said: Said): ThreadIntent | undefined {
  if (command === undefined) return undefined;
  if (command.kind === "unclear") return { ...said, type: "command.unclear", problem: command.problem };
  const { verb, text, flags } = command;
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
      return { ...said, type: "retry.requested", text, flags };
    case "cancel":
      return { ...said, type: "task.cancelled", reason: `@${said.actor.login} asked for it` };
    case "status":
    case "explain":
    case "help":
      return { ...said, type: "status.requested", verb };
  }
}
