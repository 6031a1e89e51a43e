import { differencesOf } from "@aicd/core";
import {
  type Edit,
  findSettings,
  freezePlan,
  type PlanRow,
  type Repository,
  type Scope,
  type Task,
} from "@aicd/db";
import type { Deps } from "../../deps.ts";
import { toEdits } from "./edits.ts";
import { fetchGround } from "./fetch-ground.ts";
import { frozenGround } from "./frozen.ts";

/** What was edited since the plan of a task at work was approved; kept with the plan, for the thread. */
export async function lookForEdits(
  deps: Deps,
  scope: Scope,
  { task, repository, plan }: { task: Task; repository: Repository; plan: PlanRow },
): Promise<readonly Edit[]> {
  const { frozen, defaults } = await deps.db.withTenant(scope, async (tx) => ({
    frozen: await frozenGround(tx, { task, plan }),
    defaults: await findSettings(tx),
  }));
  if (frozen === undefined) return [];
  // The reviews are not asked for: they are no edit.
  const look = await fetchGround(deps, { task: { ...task, phase: "code" }, repository, defaults });
  if (!("seen" in look)) return plan.edits;
  const edits = toEdits(differencesOf(frozen, look.seen));
  await deps.db.withTenant(scope, (tx) => freezePlan(tx, plan.id, edits));
  return edits;
}
