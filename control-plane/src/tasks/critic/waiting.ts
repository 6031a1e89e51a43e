import type { AttemptId, ChangeSetId } from "@aicd/core";
import {
  type Attempt,
  type AttemptContext,
  type ChangeSetRow,
  findAttempt,
  findChangeSet,
  findTask,
  type Task,
  type TenantTx,
} from "@aicd/db";
import type { Deps } from "../../deps.ts";
import { serverWord, type Word } from "./word.ts";

export type Asked = { attemptId: AttemptId; changeSetId: ChangeSetId };
/** `earlier`: it was sent back before, and is handed in again as it was. */
export type Waiting = {
  task: Task;
  attempt: Attempt & { context: AttemptContext };
  changeSet: ChangeSetRow;
  earlier: Word | undefined;
};

/** A change whose runner still waits for the critic's word; undefined: it was given, or nobody wants it any more. */
export async function findWaiting(
  { now }: Pick<Deps, "now">,
  tx: TenantTx,
  { attemptId, changeSetId }: Asked,
  lock?: "for update",
): Promise<Waiting | undefined> {
  const attempt = await findAttempt(tx, attemptId, lock);
  if (attempt?.state !== "leased" || attempt.cancelReason !== null || attempt.context === null)
    return undefined;
  // A runner that fell silent is the sweep's; its successor hands the change in again.
  if (attempt.leaseUntil === null || attempt.leaseUntil.getTime() <= now()) return undefined;
  const task = await findTask(tx, attempt.taskId);
  if (task?.state !== "REVIEWING" || task.changeSetId !== changeSetId) return undefined;
  const changeSet = await findChangeSet(tx, { id: changeSetId });
  if (changeSet === undefined) return undefined;
  const earlier = await serverWord(tx, changeSetId);
  if (earlier?.kind === "approved") return undefined;
  return { task, attempt: { ...attempt, context: attempt.context }, changeSet, earlier };
}
