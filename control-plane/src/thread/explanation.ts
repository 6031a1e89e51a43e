import { formatUsd } from "@aicd/core";
import type { EventRow, Task } from "@aicd/db";
import { inWords } from "./ending/cut.ts";
import { renderDetail } from "./ending/detail.ts";
import { sentenceOf } from "./story.ts";
import { type Standing, whatNow } from "./what-now.ts";

const LINES = 40;

/** Answer to `/aicd explain`: the task's story, in order, with what it took and what can be done now. */
export function renderExplanation(input: { task: Task; events: EventRow[]; standing: Standing }): string {
  const { task, events, standing } = input;
  const first = events[0]?.at.getTime() ?? 0;
  const last = events.at(-1)?.at.getTime() ?? 0;
  const took = events.length < 2 ? "" : ` in ${inWords(last - first)}`;
  const cost = `${formatUsd(task.spentMicroUsd)} of its ${formatUsd(task.budgetMicroUsd)}`;
  const lines = [`The task is **${task.state}**. So far it has spent ${cost}${took}.`, ""];
  const told = tell(events);
  if (told.length > LINES)
    lines.push(`_The ${told.length - LINES} steps before these are in the task's record._`, "");
  lines.push(...told.slice(-LINES).map((line) => `- ${line}`), "");
  const isOver = task.state === "FAILED" || task.state === "BLOCKED" || task.state === "CANCELLED";
  if (isOver) lines.push(...renderDetail(task));
  lines.push(whatNow(standing));
  return lines.join("\n");
}

/** Each step with the time since the one before it, where that was long enough to be felt. */
function tell(events: EventRow[]): string[] {
  const told: { sentence: string; times: number; after: number }[] = [];
  let before: number | undefined;
  for (const event of events) {
    const sentence = sentenceOf(event);
    if (sentence === undefined) continue;
    const at = event.at.getTime();
    const last = told.at(-1);
    if (last?.sentence === sentence) last.times++;
    else told.push({ sentence, times: 1, after: at - (before ?? at) });
    before = at;
  }
  return told.map(({ sentence, times, after }, index) => {
    const wait = index === 0 || after < 1_000 ? "" : `after ${inWords(after)}: `;
    return `${wait}${sentence}${times > 1 ? ` (${times} times)` : ""}`;
  });
}
