import { entryOf, STATES, type State } from "../words.ts";

export const STATE_GROUPS: Record<string, State[]> = {
  "Waiting for a person": ["AWAITING_APPROVAL", "NEEDS_INPUT", "BLOCKED"],
  "At work": ["QUEUED", "PLANNING", "CODING", "REVIEWING", "PUBLISHING"],
  "Pull request open": ["PR_OPEN"],
  Over: ["MERGED", "CLOSED", "CANCELLED", "FAILED"],
};

export const SPEND_GROUPS = {
  repository: "Repository",
  person: "Person",
  model: "Model",
  outcome: "Outcome",
  task: "Task",
} as const;
type Group = keyof typeof SPEND_GROUPS;

export type Filters = { state?: State[]; repository?: string; author?: string; text?: string };

/** From the address, so that a view can be sent to somebody. What is no filter is left out. */
export function filtersOf(search: URLSearchParams): Filters {
  const state = search.get("state") ?? "";
  const states =
    entryOf(STATE_GROUPS, state) ?? (Object.hasOwn(STATES, state) ? [state as State] : undefined);
  const repository = search.get("repository");
  const author = search.get("author");
  const text = search.get("text");
  return {
    ...(states === undefined ? {} : { state: states }),
    ...(repository === null ? {} : { repository }),
    ...(author === null ? {} : { author }),
    ...(text === null ? {} : { text }),
  };
}

/** From the address; what is no group is the first one. */
export function groupOf(search: URLSearchParams): Group {
  const by = search.get("by") ?? "";
  return Object.hasOwn(SPEND_GROUPS, by) ? (by as Group) : "repository";
}
