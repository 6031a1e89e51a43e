import type { Used } from "@aicd/db";
import type { Deps } from "../deps.ts";
import type { VendorName } from "./vendors.ts";

/** Names come from settings, and a metric with a label for each of them would have no end. */
const MOST_MODELS = 50;
const models = new Set<string>();

/** One call as the operator's metrics have it, after its money was written. */
export function countCall(
  { metrics, prices }: Pick<Deps, "metrics" | "prices">,
  vendor: VendorName,
  used: Used | "nothing",
): void {
  const outcome = used === "nothing" ? "refused" : used.estimated ? "cut" : "counted";
  metrics.aicd_model_calls_total.inc({ vendor, outcome });
  if (used === "nothing") return;
  const model = labelOf(used.model, prices.isPriced(used.model));
  for (const [kind, count] of Object.entries(used.tokens)) {
    metrics.aicd_model_tokens_total.inc({ vendor, model, kind }, count);
  }
  metrics.aicd_model_micro_usd_total.inc({ vendor, model }, used.microUsd);
}

function labelOf(model: string, isPriced: boolean): string {
  if (isPriced && models.size < MOST_MODELS) models.add(model);
  return models.has(model) ? model : "other";
}
