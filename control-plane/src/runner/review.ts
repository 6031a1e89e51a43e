import { AicdError } from "@aicd/core";
import { findChangeSet, findTask } from "@aicd/db";
import type { ReviewAnswer, ReviewRequest } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import type { Runner } from "../identity/authenticate-runner.ts";
import { serverWord } from "../tasks/critic/word.ts";
import { fence } from "./fence.ts";

/** `POST /v1/runner/review`: what the server's critic has said of a change, to the runner that waits for it. */
export async function hearReview(deps: Deps, runner: Runner, body: ReviewRequest): Promise<ReviewAnswer> {
  return deps.db.withTenant(runner.scope, async (tx) => {
    const attempt = await fence(deps, tx, runner, body.epoch);
    const changeSet = await findChangeSet(tx, { attemptId: attempt.id, digest: body.changeSetDigest });
    if (changeSet === undefined || attempt.context?.critic !== "server") {
      throw new AicdError("invalid", "The server was not asked to review this ChangeSet.");
    }
    const word = await serverWord(tx, changeSet.id);
    if (word === undefined) return { kind: "pending" };
    const task = await findTask(tx, attempt.taskId);
    const handedInAgain = task?.state === "REVIEWING" && task.changeSetId === changeSet.id;
    return word.kind === "rejected" && handedInAgain ? { kind: "pending" } : word;
  });
}
