import type { FailureReason } from "@aicd/core";
import type { Attempt, TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { type Stop, stopOf } from "../tasks/tenant-limits.ts";
import { describeModels } from "./whose-key.ts";

/**
 * Who works knows only that no more is paid for, or that a vendor said no; whether that is the task's or its
 * tenant's, and whose key it was, is known here.
 */
export async function causeOf(
  deps: Deps,
  tx: TenantTx,
  attempt: Attempt,
  { reason, detail }: { reason: FailureReason; detail: string },
): Promise<Stop> {
  if (reason === "budget_exhausted") return (await stopOf(tx)) ?? { reason, detail };
  if (reason !== "model_rejected" || attempt.context === null) return { reason, detail };
  const used = await describeModels(deps, tx, attempt.context.settings);
  return { reason, detail: `${detail}\n\n${used}` };
}
