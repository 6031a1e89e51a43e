import type { TaskSummary } from "@aicd/sdk";
import type { Page } from "../../load.ts";
import type { Filters } from "../filters.ts";

/** The list as it is now, in its order. What lies behind its last page is not there yet, so it stays away. */
export function merge(page: Page<TaskSummary>, changed: TaskSummary[], filters: Filters): Page<TaskSummary> {
  const known = new Map(page.items.map((task) => [task.id, task]));
  const last = page.items.at(-1)?.id ?? "";
  for (const task of changed) {
    const within = page.next === null || task.id > last;
    if (fits(task, filters) && (known.has(task.id) || within)) known.set(task.id, task);
    else known.delete(task.id);
  }
  const items = [...known.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  return { items, next: page.next };
}

function fits(task: TaskSummary, { state, repository, author, text }: Filters): boolean {
  if (state !== undefined && !state.includes(task.state)) return false;
  if (repository !== undefined && task.repository.id !== repository) return false;
  if (text !== undefined && !says(task, text)) return false;
  return author === undefined || task.requestedBy.login.toLowerCase() === author.toLowerCase();
}

function says({ issueTitle, issueNumber }: TaskSummary, text: string): boolean {
  return issueTitle.toLowerCase().includes(text.toLowerCase()) || text.replace(/^#/, "") === `${issueNumber}`;
}
