import { createHash } from "node:crypto";
import { z } from "zod";
import { exact, text } from "./text.ts";

const sentence = text(4_000).min(1);

/** What the planner proposes. Bounded, so that it always fits a comment. */
export const Plan = z.object({
  title: text(200).min(1),
  understanding: sentence,
  cause: sentence,
  files: z
    .array(z.object({ path: exact(500).min(1), change: sentence }))
    .min(1)
    .max(50),
  tests: z.array(sentence).max(20),
  checks: z.array(exact(500).min(1)).max(10),
  risks: z.array(sentence).max(10),
  questions: z.array(sentence).max(10),
  /** Expected size and cost of the work still to do. */
  estimate: z.object({
    changedLines: z.number().int().nonnegative(),
    lowUsd: z.number().nonnegative(),
    likelyUsd: z.number().nonnegative(),
    highUsd: z.number().nonnegative(),
  }),
});
export type Plan = z.infer<typeof Plan>;

/** What a small change is, tests aside from the lines and files of code. */
export const SMALL = { lines: 40, files: 3 } as const;

/** Whether a plan is of little work, by what its maker says. */
export function isSmall({ estimate, files, questions }: Plan): boolean {
  return estimate.changedLines <= SMALL.lines && files.length <= SMALL.files && questions.length === 0;
}

/** Version of the rules a plan is approved under; a changed rule book voids older approvals. */
export const POLICY_VERSION = "3";

/**
 * 12 hex characters over all that an approval speaks of. A person types them back, so any change of
 * plan, of what it was made from, base commit, budget or policy makes the old approval worthless.
 *
 * @param input.snapshotDigest `groundDigest`; what an older release made of the issue alone still counts
 */
export function planHash(input: {
  plan: Plan;
  snapshotDigest: string;
  baseSha: string;
  budgetMicroUsd: number;
}): string {
  return createHash("sha256")
    .update(
      JSON.stringify([
        POLICY_VERSION,
        Plan.parse(input.plan),
        input.snapshotDigest,
        input.baseSha,
        input.budgetMicroUsd,
      ]),
    )
    .digest("hex")
    .slice(0, 12);
}
