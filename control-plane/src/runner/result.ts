import { AicdError, judge } from "@aicd/core";
import { findSecrets } from "@aicd/core/secrets";
import {
  type Attempt,
  deleteTranscript,
  endAttempt,
  findAttempt,
  findChangeSet,
  findTask,
  storeVerdict,
  type Task,
  type TenantTx,
} from "@aicd/db";
import { codeSpan } from "@aicd/github";
import type { ResultRequest } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import type { Runner } from "../identity/authenticate-runner.ts";
import { causeOf } from "../models/cause-of.ts";
import { serverWord } from "../tasks/critic/word.ts";
import { failAttempt } from "../tasks/end-attempt.ts";
import { move } from "../tasks/move.ts";
import { say } from "../tasks/say.ts";
import { renderQuestions } from "../thread/questions.ts";
import { fence, outrun } from "./fence.ts";

type Result<K extends ResultRequest["result"]["kind"]> = Extract<ResultRequest["result"], { kind: K }>;

/** `POST /v1/runner/result`: the last word of an attempt. Said twice, it counts once. */
export async function receiveResult(deps: Deps, runner: Runner, body: ResultRequest): Promise<void> {
  await deps.db.withTenant(runner.scope, async (tx) => {
    const now = await findAttempt(tx, runner.attemptId);
    if (now?.epoch === body.epoch && now.endedAt !== null && now.state !== "lost") return;
    const attempt = await fence(deps, tx, runner, body.epoch);
    const { result } = body;
    switch (result.kind) {
      case "planned":
        // The plan's own call ends the attempt; a lease that still lives has no plan to speak of.
        throw outrun();
      case "approved":
        return approved(deps, tx, attempt, result);
      case "question":
        return question(deps, tx, attempt, result);
      case "failed":
        await failAttempt(deps, tx, {
          attempt,
          state: "failed",
          ...(await causeOf(deps, tx, attempt, result)),
        });
        return;
      case "cancelled":
        if (attempt.cancelReason === null) {
          const detail = "The runner stopped by itself.";
          await failAttempt(deps, tx, { attempt, state: "lost", reason: "runner_lost", detail });
          return;
        }
        await endAttempt(tx, { id: attempt.id, state: "cancelled", detail: attempt.cancelReason });
    }
  });
}

/** The policy has the last word over the critic's yes, which is the server's own where it has asked: publishing, or blocked until an owner decides. */
async function approved(
  deps: Deps,
  tx: TenantTx,
  attempt: Attempt,
  result: Result<"approved">,
): Promise<void> {
  const changeSet = await findChangeSet(tx, { attemptId: attempt.id, digest: result.changeSetDigest });
  if (changeSet === undefined || attempt.context === null) {
    throw new AicdError("invalid", "The approved ChangeSet was never uploaded.");
  }
  const task = await findTask(tx, attempt.taskId);
  if (!result.verdict.approved || task?.changeSetId !== changeSet.id) {
    throw new AicdError(
      "invalid",
      "Only the ChangeSet under review can be approved, and only by a verdict that approves.",
    );
  }
  const byServer = attempt.context.critic === "server";
  const word = byServer ? await serverWord(tx, changeSet.id) : undefined;
  if (byServer && word?.kind !== "approved") {
    throw new AicdError(
      "forbidden",
      "This organisation has changes reviewed by its server, which has not agreed to this one. A runner's word does not count. One that never asked the server is too old: update the action.",
    );
  }
  const policy = judge(changeSet.body, attempt.context.settings, findSecrets);
  const about = { taskId: attempt.taskId, changeSetId: changeSet.id };
  if (!byServer) {
    await storeVerdict(tx, deps.mint, { ...about, judge: "critic", kind: "approved", body: result.verdict });
  }
  await storeVerdict(tx, deps.mint, { ...about, judge: "policy", kind: policy.kind, body: policy });
  const blocked = policy.kind !== "allowed";
  const moved = await move(deps, tx, {
    taskId: attempt.taskId,
    trigger: blocked ? "policy.blocked" : "review.approved",
    set: {
      changeSetId: changeSet.id,
      progress: null,
      ...(blocked
        ? {
            detail: [
              ...policy.findings.map(
                ({ path, message }) => `- ${path === null ? "" : `${codeSpan(path)} `}${message}`,
              ),
              "",
              `An admin may take it as it is: \`/aicd approve ${changeSet.digest.slice(0, 12)}\``,
            ].join("\n"),
          }
        : {}),
    },
    event: { attemptId: attempt.id, digest: changeSet.digest, policy: policy.kind },
  });
  if (moved === undefined) throw outrun();
  await keepTranscript(deps, tx, { task, transcript: result.transcript });
  await endAttempt(tx, { id: attempt.id, state: "succeeded", receipts: result.receipts });
  if (!blocked) await deps.enqueue(tx, "publish-changes", { ...tx.scope, taskId: attempt.taskId });
}

/** For the retry that a review or red checks may ask for; it goes when the task is over. */
async function keepTranscript(
  deps: Deps,
  tx: TenantTx,
  { task, transcript }: { task: Task; transcript: Result<"approved">["transcript"] },
): Promise<void> {
  const { id: taskId, planId } = task;
  if (transcript === undefined || planId === null) await deleteTranscript(tx, taskId);
  else await deps.transcripts.keep(tx, { taskId, planId }, transcript);
}

async function question(
  deps: Deps,
  tx: TenantTx,
  attempt: Attempt,
  result: Result<"question">,
): Promise<void> {
  const task = await findTask(tx, attempt.taskId);
  const moved = await move(deps, tx, {
    taskId: attempt.taskId,
    trigger: "question.asked",
    set: { progress: null },
    event: { attemptId: attempt.id },
  });
  if (moved === undefined || task === undefined) throw outrun();
  await say(deps, tx, {
    taskId: task.id,
    key: `question:${attempt.id}`,
    target: { kind: "issue", number: task.issueNumber },
    body: renderQuestions(result.questions, task.requestedBy.login),
  });
  await endAttempt(tx, { id: attempt.id, state: "succeeded" });
}
