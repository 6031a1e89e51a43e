import { demandedSandbox, type Ground, type Seen, type TenantSettings, tighten } from "@aicd/core";
import {
  type AttemptContext,
  findAttempt,
  type PlanRow,
  type Repository,
  type Task,
  type TenantTx,
} from "@aicd/db";
import { limitsOf, withFlags } from "./fetch-ground.ts";

/** What the plan of a task at work was approved for: its planner read it. Undefined: nothing was approved. */
export async function frozenGround(
  tx: TenantTx,
  { task, plan }: { task: Task; plan: PlanRow | undefined },
): Promise<AttemptContext | undefined> {
  if (plan?.state !== "approved") return undefined;
  const context = (await findAttempt(tx, plan.attemptId))?.context;
  // A model named since with the command is a wish of now, not an edit.
  return context == null ? undefined : { ...context, settings: withFlags(context.settings, task) };
}

/**
 * What a later attempt reads: what was approved, the wishes that permitted people gave us since, and the review.
 * What the tenant demands of its repositories is never loosened by an approval, and where commands run is its
 * decision of now.
 */
export function groundOfLaterAttempt(
  frozen: Ground,
  now: Pick<Seen, "snapshot">,
  about: { repository: Repository; defaults: TenantSettings },
): Ground {
  const { review, ci, guidance, removed } = now.snapshot;
  const { review: _earlier, ci: _mended, ...snapshot } = frozen.snapshot;
  const settings = tighten(frozen.settings, limitsOf(about.repository));
  // What an older release froze does not say whose demand it was: then the stricter one stays.
  const own = frozen.ownSandbox === undefined ? frozen.settings.sandbox : (frozen.ownSandbox ?? undefined);
  return {
    ...frozen,
    snapshot: { ...snapshot, guidance, removed, ...(review && { review }), ...(ci && { ci }) },
    settings: { ...settings, sandbox: demandedSandbox({ ...settings, sandbox: own }, about.defaults) },
  };
}
