import type { TaskSummary } from "@aicd/sdk";
import type { Here } from "../../session.ts";
import { type Filters, STATE_GROUPS } from "../filters.ts";

/** What waits for this person: where a decision is theirs to make; of who may make none, only what they asked for. */
export function waitingFor({ may, user }: Here): Filters {
  const state = STATE_GROUPS["Waiting for a person"] ?? [];
  return may("task.write") ? { state } : { state, author: user.login };
}

/** What they asked for themselves first, and of that what waits longest. */
export function byNeed({ user }: Here, tasks: readonly TaskSummary[]): TaskSummary[] {
  const rank = ({ requestedBy }: TaskSummary) =>
    requestedBy.login.toLowerCase() === user.login.toLowerCase() ? 0 : 1;
  return tasks.toSorted((a, b) => rank(a) - rank(b) || a.stateAt.localeCompare(b.stateAt));
}
