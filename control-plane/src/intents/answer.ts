import { listRecentEvents, touchTask } from "@aicd/db";
import { bounded, escapeText } from "@aicd/github";
import { oweThread } from "../tasks/move.ts";
import { say } from "../tasks/say.ts";
import { renderExplanation } from "../thread/explanation.ts";
import { HELP } from "../thread/help.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { type Done, done, type Outcome, refused } from "./outcome.ts";

const ANSWERED = {
  status: "status.shown",
  explain: "task.explained",
  help: "help.given",
} as const satisfies Record<IntentOf<"status.requested">["verb"], Done>;

/** `/aicd status | explain | help`. */
export async function answer(
  { deps, tx, row, task }: Applying,
  intent: IntentOf<"status.requested">,
): Promise<Outcome> {
  if (task === undefined) return refused("task.missing");
  const target = { kind: "issue" as const, number: intent.issueNumber };
  if (intent.verb === "help") {
    await say(deps, tx, { taskId: task.id, key: `help:${row.id}`, target, body: HELP });
  } else if (intent.verb === "explain") {
    const events = await listRecentEvents(tx, { taskId: task.id, limit: 60 });
    const body = bounded(renderExplanation(task, events));
    await say(deps, tx, { taskId: task.id, key: `explain:${row.id}`, target, body });
  } else {
    const touched = await touchTask(tx, task.id, {});
    if (touched !== undefined) await oweThread(deps, tx, touched);
  }
  return done(ANSWERED[intent.verb]);
}

/** A command we do not know: one line of help, if there is a task whose thread may be used for it. */
export async function explainUnclear(
  { deps, tx, row, task }: Applying,
  intent: IntentOf<"command.unclear">,
): Promise<Outcome> {
  if (task !== undefined) {
    await say(deps, tx, {
      taskId: task.id,
      key: `unclear:${row.id}`,
      target: { kind: "issue", number: intent.issueNumber },
      body: `${escapeText(intent.problem)} Try \`/aicd help\`.`,
    });
  }
  return refused("command.unclear");
}
