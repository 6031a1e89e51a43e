import { isTerminal } from "@aicd/core";
import { setTask } from "@aicd/db";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome } from "./outcome.ts";

/** The pull request is for another branch now; later rounds start from there. */
export async function followBase(
  { tx, task }: Applying,
  intent: IntentOf<"pull_request.retargeted">,
): Promise<Outcome> {
  if (task === undefined || task.pullRequestNumber !== intent.pullRequestNumber)
    return { kind: "void", why: "not.ours" };
  if (isTerminal(task.state)) return { kind: "void", why: "already.ended" };
  const { base } = intent;
  await setTask(tx, task.id, { baseBranch: base, flags: { ...task.flags, base } });
  return done("base.followed");
}
