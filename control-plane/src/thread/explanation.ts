import type { EventRow, Task } from "@aicd/db";
import { cell, escapeText } from "@aicd/github";

/** Answer to `/aicd explain`: what happened to the task, in order. */
export function renderExplanation(task: Task, events: EventRow[]): string {
  const rows = events.map(
    (event) => `| ${event.at.toISOString().slice(0, 19)}Z | ${event.type} | ${cell(describe(event.body))} |`,
  );
  return [
    `Task ${task.id} is **${task.state}**.`,
    "",
    "| when | what | details |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

function describe(body: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(body)) {
    if (typeof value !== "string" && typeof value !== "number") continue;
    parts.push(`${key}: ${escapeText(String(value)).slice(0, 200)}`);
  }
  return parts.join(", ");
}
