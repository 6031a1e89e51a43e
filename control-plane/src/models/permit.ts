import { AicdError, insistOnModel, type Settings, type UsageId } from "@aicd/core";
import { findAttempt, findServerPause, findTask, reserve, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { mustGoOn } from "../tasks/tenant-limits.ts";
import type { Caller } from "./authenticate-caller.ts";
import { agreedModels, type Vendor, type VendorName, vendorsOf } from "./vendors.ts";

export type AskedCall = {
  name: VendorName;
  model: string;
  worst: { input: number; output: number };
};
/** A call that may be made: its money is held until somebody settles or releases it. */
export type Permit = { id: UsageId; vendor: Vendor };

/**
 * Lets a call leave the house and holds what it costs at most, or says why not: a living lease, a model that was
 * agreed on at this vendor, and money left of task and month.
 */
export async function permit(deps: Deps, caller: Caller, asked: AskedCall): Promise<Permit> {
  const { scope, attemptId, tokenHash, settings } = caller;
  const { name, model, worst } = asked;
  const id = deps.mint("usage");
  const microUsd = deps.prices.priceWorst(model, worst);
  const notNow = new Error("not now");
  try {
    return await deps.db.withTenant(scope, async (tx) => {
      const vendor = await vendorFor(deps, tx, settings, asked);
      const tokens = { ...worst, cacheRead: 0, cacheWrite: 0 };
      const call = {
        id,
        attemptId,
        tokenHash,
        provider: name,
        model,
        tokens,
        price: deps.prices.priceOf(model),
        microUsd,
        ownKey: vendor.own === true,
      };
      if (!(await reserve(tx, call))) throw notNow;
      return { id, vendor };
    });
  } catch (error) {
    if (error !== notNow) throw error;
    // What was held of the month went with the transaction. What stood in the way is looked up in another.
    throw await deps.db.withTenant(scope, (tx) => whyNot(deps, tx, caller));
  }
}

async function vendorFor(
  deps: Deps,
  tx: TenantTx,
  settings: Settings,
  { name, model }: AskedCall,
): Promise<Vendor> {
  const vendors = await vendorsOf(deps, tx);
  const vendor = vendors[name];
  if (vendor === undefined) {
    throw new AicdError(
      "forbidden",
      `No key for ${name} is set. An operator sets one for the server, or an admin one for the organisation.`,
    );
  }
  insistOnModel(model, agreedModels(settings, vendors, name));
  return vendor;
}

async function whyNot(deps: Deps, tx: TenantTx, { attemptId }: Caller): Promise<AicdError> {
  const attempt = await findAttempt(tx, attemptId);
  const live =
    attempt?.state === "leased" &&
    attempt.leaseUntil !== null &&
    attempt.leaseUntil.getTime() > deps.now() &&
    attempt.cancelReason === null;
  if (!live) {
    return new AicdError("unauthenticated", "The lease is over; no model calls are made for it.");
  }
  if ((await findServerPause(tx))?.atOnce === true) {
    return new AicdError("limited", "The operator has paused AI-CD. The attempt is about to be ended.");
  }
  await mustGoOn(tx);
  const task = await findTask(tx, attempt.taskId);
  if (task === undefined || task.spentMicroUsd >= task.budgetMicroUsd) {
    return new AicdError("exhausted", "The task's budget is used up.");
  }
  return new AicdError(
    "limited",
    "What is left of the money is held for calls that are still under way. Try again when they are done.",
  );
}
