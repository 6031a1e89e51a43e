import { listRecentEvents, touchTask } from "@aicd/db";
import { bounded } from "@aicd/github";
import { oweThread } from "../tasks/move.ts";
import { say } from "../tasks/say.ts";
import { renderExplanation } from "../thread/explanation.ts";
import { HELP } from "../thread/help.ts";
import { standingOf } from "../thread/standing.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";
import { ownerOf, targetOf } from "./reply.ts";

/** `/aicd status | explain | help`. Help is for everybody; the others need a task to speak of. */
export async function answer(applying: Applying, intent: IntentOf<"status.requested">): Promise<Outcome> {
  const { deps, tx, row, task } = applying;
  const target = targetOf(intent);
  if (intent.verb === "help") {
    await say(deps, tx, { ...ownerOf(applying), key: `help:${row.id}`, target, body: HELP });
    return done("help.given");
  }
  if (task === undefined) return refused("task.missing");
  if (intent.verb === "explain") {
    const events = await listRecentEvents(tx, { taskId: task.id, limit: 200 });
    const standing = await standingOf(tx, task);
    const body = bounded(renderExplanation({ task, events, standing }));
    await say(deps, tx, { taskId: task.id, key: `explain:${row.id}`, target, body });
    return done("task.explained");
  }
  const touched = await touchTask(tx, task.id, {});
  if (touched !== undefined) await oweThread(deps, tx, touched);
  return done("status.shown");
}
