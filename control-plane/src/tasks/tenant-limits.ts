import { AicdError, type FailureReason, formatUsd, type TenantSettings } from "@aicd/core";
import { findSettings, monthSpend, type TenantTx } from "@aicd/db";
import { planStop } from "../billing/plan-limits.ts";

/** Why a tenant lets nothing begin or go on now, and what to do about it. */
export type Stop = { reason: FailureReason; detail: string };

/** Whether a tenant is paused, or has spent what it wants to spend in a month; undefined: neither. */
export async function stopOf(tx: TenantTx, settings?: TenantSettings): Promise<Stop | undefined> {
  const { paused, monthlyBudgetMicroUsd: most } = settings ?? (await findSettings(tx));
  if (paused) {
    return {
      reason: "organization_paused",
      detail: "AI-CD is paused for this organisation. An owner or admin can end the pause in its settings.",
    };
  }
  const plan = await planStop(tx);
  if (plan !== undefined) return { reason: "plan_exhausted", detail: plan };
  if (most === null) return undefined;
  const spent = await monthSpend(tx);
  if (spent < most) return undefined;
  return {
    reason: "organization_budget_exhausted",
    detail: `The organisation has spent ${formatUsd(spent)} of the ${formatUsd(most)} it allows in a month. An owner or admin can raise that in its settings; a new month begins on the first, UTC.`,
  };
}

/** What is left of the month's budget, in millionths of a dollar; undefined: there is none. */
export async function leftOfMonth(tx: TenantTx): Promise<number | undefined> {
  const { monthlyBudgetMicroUsd: most } = await findSettings(tx);
  return most === null ? undefined : Math.max(0, most - (await monthSpend(tx)));
}

/** @throws AicdError `exhausted` when nothing more may be spent */
export async function mustGoOn(tx: TenantTx): Promise<void> {
  const stop = await stopOf(tx);
  if (stop !== undefined) throw new AicdError("exhausted", stop.detail);
}
