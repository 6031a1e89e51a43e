import { AicdError, changeSetDigest, judge } from "@aicd/core";
import { findChangeSet, findTask, storeChangeSet } from "@aicd/db";
import type { ChangeSetRequest } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import { RefusedChangeSet } from "../http/problems/refused-change-set.ts";
import type { Runner } from "../identity/authenticate-runner.ts";
import { move } from "../tasks/move.ts";
import { fence, outrun } from "./fence.ts";

/** `POST /v1/runner/changeset`: bounded, checked against its digest and the policy, stored once. */
export async function receiveChangeSet(
  deps: Deps,
  runner: Runner,
  body: ChangeSetRequest,
): Promise<{ changeSetId: string }> {
  if (changeSetDigest(body.changeSet) !== body.digest) {
    throw new AicdError("invalid", "The digest is not that of the ChangeSet; it was damaged on the way.");
  }
  return deps.db.withTenant(runner.scope, async (tx) => {
    const attempt = await fence(deps, tx, runner, body.epoch);
    const { context } = attempt;
    if (context === null || body.changeSet.baseSha !== context.startSha) {
      throw new AicdError("invalid", "The ChangeSet starts from another commit than the attempt.");
    }
    const verdict = judge(body.changeSet, context.settings);
    if (verdict.kind === "refused") throw new RefusedChangeSet(verdict.findings);

    const known = await findChangeSet(tx, { attemptId: attempt.id, digest: body.digest });
    const stored = await storeChangeSet(tx, deps.mint, {
      taskId: attempt.taskId,
      attemptId: attempt.id,
      digest: body.digest,
      body: body.changeSet,
      evidence: body.evidence,
    });
    const moved = await move(deps, tx, {
      taskId: attempt.taskId,
      trigger: "changes.proposed",
      set: { changeSetId: stored.id },
      event: { attemptId: attempt.id, digest: body.digest, files: body.changeSet.files.length },
    });
    if (moved === undefined) {
      // The answer to the first upload was lost: it stands, and the task is where it led.
      const task = await findTask(tx, attempt.taskId);
      if (known === undefined || task?.state !== "REVIEWING") throw outrun();
    }
    return { changeSetId: stored.id };
  });
}
