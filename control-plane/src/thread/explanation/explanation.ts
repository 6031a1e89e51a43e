import { formatUsd } from "@aicd/core";
import type { EventRow, Task } from "@aicd/db";
import { inWords } from "../ending/cut.ts";
import { renderDetail } from "../ending/detail.ts";
import { type Standing, whatNow } from "../what-now.ts";
import { sentenceOf } from "./story.ts";

const LINES = 40;

/** What was spent when: the calls of a task's agents, oldest first. */
export type Spending = readonly { at: Date; microUsd: number }[];

/** Answer to `/aicd explain`: the task's story, in order, with what each step took and what can be done now. */
export function renderExplanation(input: {
  task: Task;
  events: EventRow[];
  spending: Spending;
  standing: Standing;
}): string {
  const { task, events, spending, standing } = input;
  const first = events[0]?.at.getTime() ?? 0;
  const last = events.at(-1)?.at.getTime() ?? 0;
  const took = events.length < 2 ? "" : ` in ${inWords(last - first)}`;
  const cost = `${formatUsd(task.spentMicroUsd)} of its ${formatUsd(task.budgetMicroUsd)}`;
  const lines = [`The task is **${task.state}**. So far it has spent ${cost}${took}.`, ""];
  const told = tell(events, spending);
  if (told.length > LINES)
    lines.push(`_The ${told.length - LINES} steps before these are in the task's record._`, "");
  lines.push(...told.slice(-LINES).map((line) => `- ${line}`), "");
  const isOver = task.state === "FAILED" || task.state === "BLOCKED" || task.state === "CANCELLED";
  if (isOver) lines.push(...renderDetail(task));
  lines.push(whatNow(standing));
  return lines.join("\n");
}

/** Each step with the time and the money since the one before it, where either is enough to be felt. */
function tell(events: EventRow[], spending: Spending): string[] {
  const told: { sentence: string; times: number; after: number; microUsd: number }[] = [];
  let before: number | undefined;
  let spent = 0;
  const spendUntil = (at: number) => {
    let sum = 0;
    for (; spent < spending.length; spent++) {
      const call = spending[spent];
      if (call === undefined || call.at.getTime() > at) break;
      sum += call.microUsd;
    }
    return sum;
  };
  for (const event of events) {
    const sentence = sentenceOf(event);
    if (sentence === undefined) continue;
    const at = event.at.getTime();
    const microUsd = spendUntil(at);
    const last = told.at(-1);
    if (last?.sentence === sentence) {
      last.times++;
      last.microUsd += microUsd;
    } else told.push({ sentence, times: 1, after: at - (before ?? at), microUsd });
    before = at;
  }
  const lines = told.map(({ sentence, times, after, microUsd }, index) => {
    const wait = index === 0 || after < 1_000 ? [] : [`after ${inWords(after)}`];
    const price = microUsd === 0 ? [] : [`for ${formatUsd(microUsd)}`];
    const took = [...wait, ...price].join(", ");
    return `${took === "" ? "" : `${took}: `}${sentence}${times > 1 ? ` (${times} times)` : ""}`;
  });
  const since = spendUntil(Number.POSITIVE_INFINITY);
  return since === 0 ? lines : [...lines, `since then: ${formatUsd(since)}.`];
}
