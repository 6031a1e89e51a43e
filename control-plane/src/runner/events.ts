import { AicdError } from "@aicd/core";
import { type Attempt, appendEvent, findChangeSet, setNextSeq, storeVerdict, type TenantTx } from "@aicd/db";
import type { EventsRequest, RunnerEvent } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import type { Runner } from "../identity/authenticate-runner.ts";
import { move, touch } from "../tasks/move.ts";
import { fence, outrun } from "./fence.ts";

/** `POST /v1/runner/events`: numbers seen before are ignored, a gap is refused. */
export async function receiveEvents(
  deps: Deps,
  runner: Runner,
  body: EventsRequest,
): Promise<{ nextSeq: number }> {
  return deps.db.withTenant(runner.scope, async (tx) => {
    const attempt = await fence(deps, tx, runner, body.epoch);
    let next = attempt.nextSeq;
    for (const { seq, event } of body.events) {
      if (seq < next) continue;
      if (seq > next) {
        throw new AicdError("invalid", `Event ${next} is missing before ${seq}. Send from ${next} on.`);
      }
      await record(deps, tx, attempt, event);
      next = seq + 1;
    }
    if (next !== attempt.nextSeq) await setNextSeq(tx, { id: attempt.id, epoch: body.epoch }, next);
    return { nextSeq: next };
  });
}

/** What a person reads of the phase a runner is in. */
const PHASES_IN_WORDS = {
  planning: "reading the code",
  coding: "writing the change",
  checking: "running the repository's checks",
  reviewing: "reading its own change as a reviewer would",
} as const satisfies Record<Extract<RunnerEvent, { type: "phase.entered" }>["phase"], string>;

async function record(deps: Deps, tx: TenantTx, attempt: Attempt, event: RunnerEvent): Promise<void> {
  if (event.type === "review.rejected") return rejectReview(deps, tx, attempt, event);
  const { type, ...body } = event;
  await appendEvent(tx, deps.mint, {
    taskId: attempt.taskId,
    type,
    body: { ...body, attemptId: attempt.id },
  });
  if (event.type === "phase.entered") {
    const words = PHASES_IN_WORDS[event.phase];
    const progress = event.detail === undefined ? words : `${words}: ${event.detail}`;
    await touch(deps, tx, attempt.taskId, { progress: progress.slice(0, 200) });
  }
}

async function rejectReview(
  deps: Deps,
  tx: TenantTx,
  attempt: Attempt,
  event: Extract<RunnerEvent, { type: "review.rejected" }>,
): Promise<void> {
  if (attempt.context?.critic === "server")
    throw new AicdError("forbidden", "The review of this change is the server's, not the runner's.");
  const changeSet = await findChangeSet(tx, { attemptId: attempt.id, digest: event.changeSetDigest });
  if (changeSet === undefined) throw new AicdError("invalid", "The rejected ChangeSet was never uploaded.");
  await storeVerdict(tx, deps.mint, {
    taskId: attempt.taskId,
    changeSetId: changeSet.id,
    judge: "critic",
    kind: "rejected",
    body: { approved: false, summary: event.summary, findings: event.findings },
  });
  const moved = await move(deps, tx, {
    taskId: attempt.taskId,
    trigger: "review.rejected",
    event: { attemptId: attempt.id, digest: event.changeSetDigest, findings: event.findings.length },
  });
  if (moved === undefined) throw outrun();
}
