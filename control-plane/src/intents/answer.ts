import type { CriticVerdict } from "@aicd/core";
import {
  findKeptWork,
  findPlan,
  listRecentEvents,
  listTaskSpending,
  listVerdictsOfTask,
  type Task,
  type TenantTx,
  touchTask,
} from "@aicd/db";
import { bounded } from "@aicd/github";
import { oweThread } from "../tasks/move.ts";
import { publishedRounds } from "../tasks/rounds/rounds.ts";
import { say } from "../tasks/say.ts";
import { renderAnswer } from "../thread/answer/answer.ts";
import type { WorkRecord } from "../thread/answer/record.ts";
import { renderExplanation } from "../thread/explanation/explanation.ts";
import { HELP } from "../thread/help.ts";
import { standingOf } from "../thread/standing.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";
import { ownerOf, targetOf } from "./reply.ts";

/** `/aicd status | explain | ask | doctor | help`. All but the last two need a task to speak of. */
export async function answer(applying: Applying, intent: IntentOf<"status.requested">): Promise<Outcome> {
  const { deps, tx, row, task } = applying;
  const target = targetOf(intent);
  if (intent.verb === "help") {
    await say(deps, tx, { ...ownerOf(applying), key: `help:${row.id}`, target, body: HELP });
    return done("help.given");
  }
  if (intent.verb === "doctor") {
    const { repositoryId, id: intentId } = row;
    await deps.enqueue(tx, "examine-repository", { ...tx.scope, repositoryId, intentId });
    return done("examination.owed");
  }
  if (task === undefined) return refused("task.missing");
  if (intent.verb === "explain") {
    const events = await listRecentEvents(tx, { taskId: task.id, limit: 200 });
    const standing = await standingOf(tx, task);
    const spending = await listTaskSpending(tx, task.id);
    const body = bounded(renderExplanation({ task, events, spending, standing }));
    await say(deps, tx, { taskId: task.id, key: `explain:${row.id}`, target, body });
    return done("task.explained");
  }
  if (intent.verb === "ask") {
    const body = renderAnswer(intent.text ?? "", await recordOf(tx, task));
    await say(deps, tx, { taskId: task.id, key: `answer:${row.id}`, target, body });
    return done("question.answered");
  }
  const touched = await touchTask(tx, task.id, {});
  if (touched !== undefined) await oweThread(deps, tx, touched);
  return done("status.shown");
}

async function recordOf(tx: TenantTx, task: Task): Promise<WorkRecord> {
  const work = await findKeptWork(tx, task.id);
  const verdicts = await listVerdictsOfTask(tx, { taskId: task.id, after: undefined, limit: 20 });
  return {
    task,
    plan: task.planId === null ? undefined : await findPlan(tx, task.planId),
    rounds: await publishedRounds(tx, task),
    open: (work?.row?.commitSha ?? null) === null ? work : undefined,
    verdict: verdicts.find(({ judge }) => judge === "critic")?.body as CriticVerdict | undefined,
    spending: await listTaskSpending(tx, task.id),
    standing: await standingOf(tx, task),
  };
}
