import type { CriticVerdict } from "@aicd/core";
import {
  findLatestAttempt,
  hasWork,
  listRecentEvents,
  listVerdictsOfTask,
  type Task,
  type TenantTx,
} from "@aicd/db";
import type { Deps } from "../deps.ts";
import { patchUrlOf, repositoryOf } from "../facts.ts";
import { ENDINGS, type Ending, renderEnding } from "../thread/ending/ending.ts";
import { standingOf } from "../thread/standing.ts";
import { findPartialWork } from "./kept/partial-work.ts";
import { say } from "./say.ts";

/** Facts of a task that are read to count the rounds of its last attempt. */
const EVENTS = 200;

/** Tells the person who asked that the task stands still; once per move, for only a move leads here. */
export async function tellEnding(deps: Deps, tx: TenantTx, task: Task): Promise<void> {
  if (!isEnding(task)) return;
  const attempt = await findLatestAttempt(tx, task.id);
  const events = await listRecentEvents(tx, { taskId: task.id, limit: EVENTS });
  const verdicts = await listVerdictsOfTask(tx, { taskId: task.id, after: undefined, limit: 10 });
  const critic = verdicts.find(
    ({ judge, createdAt }) => judge === "critic" && attempt !== undefined && createdAt >= attempt.createdAt,
  );
  const ofAttempt = events.filter(({ body }) => body.attemptId === attempt?.id);
  const count = (fits: (event: (typeof events)[number]) => boolean) => ofAttempt.filter(fits).length;
  const body = renderEnding({
    task,
    repository: await repositoryOf(tx, task),
    standing: await standingOf(tx, task),
    attempt,
    rounds: {
      coded: count(({ type, body }) => type === "phase.entered" && body.phase === "coding"),
      sentBack: count(({ type }) => type === "review.rejected"),
    },
    findings: (critic?.body as CriticVerdict | undefined)?.findings ?? [],
    patchUrl: (await hasWork(tx, task.id)) ? patchUrlOf(deps, task) : undefined,
    mayPublishPartial: (await findPartialWork(tx, task)).kind === "publishable",
    serverUrl: deps.serverUrl,
  });
  await say(deps, tx, {
    taskId: task.id,
    key: `ended:${task.id}:${task.threadVersion}`,
    target: { kind: "issue", number: task.issueNumber },
    body,
  });
}

function isEnding(task: Task): task is Task & { state: Ending } {
  return task.state in ENDINGS;
}
