import type { Outcomes } from "@aicd/db";
import { z } from "zod";
import { Time } from "./common.ts";

const count = z.int().nonnegative();
const share = z.number().min(0).max(1).nullable();

export const OutcomesView = z
  .object({
    from: Time,
    to: Time,
    tasks: count.describe("Asked for in the span; all that follows is of them, as it is now."),
    pullRequests: count.describe("Got a pull request, whatever became of that."),
    merged: count,
    closed: count.describe("The pull request was closed without a merge."),
    failed: count.describe("FAILED without a pull request."),
    cancelled: count.describe("Ended by a person, or by the age of a plan, without a pull request."),
    successRate: share.describe(
      "`pullRequests` of those and `failed`; what was cancelled or is at work counts as neither. Null: there is none.",
    ),
    mergeRate: share.describe("`merged` of those and `closed`. Null: no pull request has ended."),
    toPullRequestS: z
      .object({ median: z.number().nonnegative(), p90: z.number().nonnegative() })
      .nullable()
      .describe(
        "Seconds from the wish to the first pull request, the waiting for people included. Null: there is none.",
      ),
  })
  .meta({ id: "Outcomes" });

/** Sums with the shares that are made of them. */
export function ratesOf(sums: Outcomes): Outcomes & { successRate: number | null; mergeRate: number | null } {
  const { pullRequests, failed, merged, closed } = sums;
  return { ...sums, successRate: shareOf(pullRequests, failed), mergeRate: shareOf(merged, closed) };
}

function shareOf(these: number, others: number): number | null {
  return these + others === 0 ? null : these / (these + others);
}
