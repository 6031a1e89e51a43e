import { formatUsd } from "@aicd/core";
import { findEntitlement, listSecrets, type TenantTx } from "@aicd/db";

/** Why a plan lets nothing begin; undefined: it does, or nothing is sold here. */
export async function planStop(tx: TenantTx): Promise<string | undefined> {
  const entitlement = await findEntitlement(tx);
  if (entitlement === undefined) return undefined;
  if (entitlement.state === "stopped") {
    return "A payment failed, and its grace is over. Use another card in the customer portal; work begins again as soon as the open invoice is paid.";
  }
  const { includedMicroUsd: most, usedMicroUsd: used, overage, plan, periodEnd } = entitlement;
  if (overage || used < most || (await hasOwnKey(tx))) return undefined;
  const day = periodEnd.toISOString().slice(0, 10);
  return `The plan ${plan} includes ${formatUsd(most)} of model calls, and they are used up until ${day}. A larger plan, usage beyond it, or a key of your own goes on at once.`;
}

/** Whose own key pays the vendor is not held up by what our keys have cost. */
async function hasOwnKey(tx: TenantTx): Promise<boolean> {
  return (await listSecrets(tx)).some(({ name }) => name.endsWith("_API_KEY"));
}
