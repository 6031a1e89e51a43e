import { type Role, type ThreadIntent, takesReaction } from "@aicd/core";
import {
  appendAudit,
  findTaskOfThread,
  type IntentRow,
  noteOutcome,
  type Task,
  type TenantTx,
} from "@aicd/db";
import type { Deps } from "../deps.ts";
import { answer } from "./answer.ts";
import { approve } from "./approve.ts";
import { cancel } from "./cancel.ts";
import { followBase } from "./follow-base.ts";
import { type Outcome, reactionTo, refused, wordOf } from "./outcome.ts";
import { pullRequestEnded } from "./pull-request-ended.ts";
import { refusalRow } from "./refusals.ts";
import { replyRefusal } from "./reply.ts";
import { request } from "./request.ts";
import { requestRevision } from "./request-revision.ts";
import { retry } from "./retry.ts";
import { revisePlan } from "./revise-plan.ts";

export type IntentOf<T extends ThreadIntent["type"]> = Extract<ThreadIntent, { type: T }>;
export type Applying = {
  deps: Deps;
  tx: TenantTx;
  row: IntentRow;
  task: Task | undefined;
  /** What the actor was found to be when the intent was let in; undefined for facts that need nobody. */
  role: Role | undefined;
};

/** Writes of one installation are a second apart; the dispatch goes first, the 👀 right behind it. */
const EYES_DELAY_MS = 500;

/**
 * A permitted wish becomes a change of state, or a stated refusal, in the transaction that stores it: a
 * delivery that comes twice finds the intent there and changes nothing.
 */
export async function applyIntent(
  deps: Deps,
  tx: TenantTx,
  row: IntentRow,
  role: Role | undefined,
): Promise<Outcome> {
  const { intent } = row.body;
  const number = "issueNumber" in intent ? intent.issueNumber : intent.pullRequestNumber;
  const task = await findTaskOfThread(tx, { repositoryId: row.repositoryId, number });
  const applying = { deps, tx, row, task, role };
  const outcome = await decide(applying, intent);
  const reaction = reactionTo(outcome);
  await noteOutcome(tx, row.id, wordOf(outcome));
  // What was said through the API is written down there, with the key or the person behind it.
  if (intent.source.kind !== "api") {
    await appendAudit(tx, deps.mint, {
      actor: { kind: "github", id: intent.actor.id, login: intent.actor.login },
      action: intent.type,
      target: task?.id ?? `${row.repositoryId}#${number}`,
      detail: {
        outcome: wordOf(outcome),
        ...(outcome.kind === "refused" ? { reason: refusalRow(outcome.refusal).sentence } : {}),
        intentId: row.id,
        deliveryKey: row.key,
      },
    });
  }
  if (reaction !== undefined && takesReaction(intent.source)) {
    const delayMs = reaction === "eyes" ? EYES_DELAY_MS : 0;
    await deps.enqueue(tx, "react", { ...tx.scope, intentId: row.id, content: reaction }, { delayMs });
  }
  if (outcome.kind === "refused") await replyRefusal(applying, intent, outcome.refusal);
  return outcome;
}

async function decide(applying: Applying, intent: ThreadIntent): Promise<Outcome> {
  switch (intent.type) {
    case "task.requested":
      return request(applying, intent);
    case "plan.approved":
      return approve(applying, intent);
    case "plan.revised":
      return revisePlan(applying, intent);
    case "retry.requested":
      return retry(applying, intent);
    case "task.cancelled":
      return cancel(applying, intent);
    case "revision.requested":
      return requestRevision(applying, intent);
    case "pull_request.merged":
    case "pull_request.closed":
      return pullRequestEnded(applying, intent);
    case "pull_request.retargeted":
      return followBase(applying, intent);
    case "status.requested":
      return answer(applying, intent);
    case "command.unclear":
      return refused("command.unclear");
  }
}
