import { AicdError, type AttemptId } from "@aicd/core";
import { type Attempt, findAttempt, findTask, type Scope } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { mustGoOn } from "../tasks/tenant-limits.ts";
import { chooseModels, type Vendor, type VendorName, vendorsOf } from "./vendors.ts";

/** A living lease, a model that was agreed on, and money left: else the call does not leave the house. */
export async function permit(
  deps: Deps,
  scope: Scope,
  id: AttemptId,
  name: VendorName,
  model: string,
): Promise<{ attempt: Attempt; vendor: Vendor }> {
  const { attempt, task, vendors } = await deps.db.withTenant(scope, async (tx) => {
    const found = await findAttempt(tx, id);
    await mustGoOn(tx);
    return {
      attempt: found,
      task: found === undefined ? undefined : await findTask(tx, found.taskId),
      vendors: await vendorsOf(deps, tx),
    };
  });
  if (attempt === undefined) throw new AicdError("unauthenticated", "The lease is not known.");
  const live =
    attempt.state === "leased" &&
    attempt.leaseUntil !== null &&
    attempt.leaseUntil.getTime() > deps.now() &&
    attempt.cancelReason === null;
  if (!live || attempt.context === null) {
    throw new AicdError("unauthenticated", "The lease is over; no model calls are made for it.");
  }
  const vendor = vendors[name];
  if (vendor === undefined) {
    throw new AicdError(
      "forbidden",
      `No key for ${name} is set. An operator sets one for the server, or an admin one for the organisation.`,
    );
  }
  const choices = Object.values(chooseModels(attempt.context.settings, vendors));
  if (!choices.some((choice) => choice.model === model || choice.fallback === model)) {
    throw new AicdError("forbidden", `The model ${model.slice(0, 100)} is not one this task may use.`);
  }
  if (task === undefined || task.spentMicroUsd >= task.budgetMicroUsd) {
    throw new AicdError("exhausted", "The task's budget is used up.");
  }
  return { attempt, vendor };
}
