import { AicdError, changeSetDigest, judge } from "@aicd/core";
import { findSecrets } from "@aicd/core/secrets";
import {
  type Attempt,
  findChangeSet,
  findTask,
  type Repository,
  storeChangeSet,
  type TenantTx,
} from "@aicd/db";
import type { ChangeSetRequest } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import { believeGitHub, repositoryOf } from "../facts.ts";
import { RefusedChangeSet } from "../http/problems/refused-change-set.ts";
import type { Runner } from "../identity/authenticate-runner.ts";
import { move } from "../tasks/move.ts";
import { fence, outrun } from "./fence.ts";

/**
 * `POST /v1/runner/changeset`: bounded, checked against its digest and the policy, stored once. What it says of its
 * base is not believed: it is judged, and stored, with what GitHub says.
 */
export async function receiveChangeSet(
  deps: Deps,
  runner: Runner,
  body: ChangeSetRequest,
): Promise<{ changeSetId: string }> {
  if (changeSetDigest(body.changeSet) !== body.digest) {
    throw new AicdError("invalid", "The digest is not that of the ChangeSet; it was damaged on the way.");
  }
  const repository = await deps.db.withTenant(runner.scope, async (tx) => {
    const attempt = await fence(deps, tx, runner, body.epoch);
    if (body.changeSet.baseSha !== attempt.context?.startSha) throw otherBase();
    return repositoryOfAttempt(tx, attempt);
  });
  // Outside of any transaction: GitHub may let us wait.
  const changeSet = await believeGitHub(deps, repository, body.changeSet);
  return deps.db.withTenant(runner.scope, async (tx) => {
    const attempt = await fence(deps, tx, runner, body.epoch);
    const { context } = attempt;
    if (context === null || changeSet.baseSha !== context.startSha) throw otherBase();
    const verdict = judge(changeSet, context.settings, findSecrets);
    if (verdict.kind === "refused") throw new RefusedChangeSet(verdict.findings);

    const known = await findChangeSet(tx, { attemptId: attempt.id, digest: body.digest });
    const stored = await storeChangeSet(tx, deps.mint, {
      taskId: attempt.taskId,
      attemptId: attempt.id,
      digest: body.digest,
      body: changeSet,
      evidence: body.evidence,
    });
    const moved = await move(deps, tx, {
      taskId: attempt.taskId,
      trigger: "changes.proposed",
      set: { changeSetId: stored.id },
      event: { attemptId: attempt.id, digest: body.digest, files: changeSet.files.length },
    });
    if (moved === undefined) {
      // The answer to the first upload was lost: it stands, and the task is where it led.
      const task = await findTask(tx, attempt.taskId);
      if (known === undefined || task?.state !== "REVIEWING") throw outrun();
    } else if (context.critic === "server") {
      await deps.enqueue(tx, "review-change", {
        ...tx.scope,
        attemptId: attempt.id,
        changeSetId: stored.id,
      });
    }
    return { changeSetId: stored.id };
  });
}

async function repositoryOfAttempt(tx: TenantTx, { taskId }: Attempt): Promise<Repository> {
  const task = await findTask(tx, taskId);
  if (task === undefined) throw outrun();
  return repositoryOf(tx, task);
}

function otherBase(): AicdError {
  return new AicdError("invalid", "The ChangeSet starts from another commit than the attempt.");
}
