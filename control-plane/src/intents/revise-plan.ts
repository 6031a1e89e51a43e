import { countAttempts } from "@aicd/db";
import { move } from "../tasks/move.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";

/** `/aicd revise <text>`: a wish about the plan, or the answer to our question. */
export async function revisePlan(
  { deps, tx, task }: Applying,
  intent: IntentOf<"plan.revised">,
): Promise<Outcome> {
  if (task === undefined) return refused("task.missing");
  const guidance = [
    ...task.guidance,
    {
      author: { login: intent.actor.login, permission: "write" as const },
      text: intent.text.slice(0, 20_000),
    },
  ].slice(-20);
  const trigger = task.state === "NEEDS_INPUT" ? "input.given" : "plan.revised";
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger,
    // A revised plan is a new plan; an answer lets the phase that asked go on.
    set: {
      guidance,
      retriesFrom: await countAttempts(tx, task.id),
      ...(trigger === "plan.revised" ? { phase: "plan" as const, planId: null } : {}),
    },
    event: { by: intent.actor.login },
  });
  if (moved === undefined) return refused("nothing.to.revise");
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
  return done(trigger);
}
