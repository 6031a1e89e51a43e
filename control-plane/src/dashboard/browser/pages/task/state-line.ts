import type { Task } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { STATES, type State } from "../../words.ts";

const STEPS = ["QUEUED", "PLANNING", "CODING", "REVIEWING", "PR_OPEN"] as const satisfies State[];

/** Which step a state belongs to, and whether it is at work there, waits for a person, or is through with it. */
const STANDS: Record<Exclude<State, "QUEUED" | "FAILED" | "CANCELLED">, [step: number, how: How]> = {
  PLANNING: [1, "now"],
  AWAITING_APPROVAL: [1, "asks"],
  NEEDS_INPUT: [1, "asks"],
  CODING: [2, "now"],
  REVIEWING: [3, "now"],
  BLOCKED: [3, "bad"],
  PUBLISHING: [3, "through"],
  PR_OPEN: [4, "now"],
  MERGED: [4, "through"],
  CLOSED: [4, "through"],
};
type How = "now" | "asks" | "bad" | "through";

/** The road from the issue to the pull request, and where the task is on it. */
export function StateLine({ task }: { task: Task }): ComponentChild {
  const [step, how] = standOf(task);
  return h(
    "ol",
    { class: "line", "aria-label": "State of the task" },
    ...STEPS.map((name, index) => {
      const kind =
        index < step || (index === step && how === "through") ? "past" : index === step ? how : "later";
      const label = index === step ? here(task, name) : STATES[name].label;
      return h(
        "li",
        { class: kind, ...(index === step ? { "aria-current": "step" as const } : {}) },
        h("span", null, label),
      );
    }),
  );
}

function standOf({ state, phase, pullRequest }: Task): [number, How] {
  if (state === "QUEUED") return phase === "plan" ? [0, "now"] : [2, "asks"];
  // How far it came is what its phase says; the events below tell the rest.
  if (state === "FAILED" || state === "CANCELLED")
    return [phase === "plan" ? 1 : pullRequest === null ? 2 : 4, "bad"];
  if (state === "NEEDS_INPUT" && phase !== "plan") return [2, "asks"];
  return STANDS[state];
}

function here({ state }: Task, step: (typeof STEPS)[number]): string {
  if (state === step || state === "PUBLISHING") return STATES[step].label;
  return state === "QUEUED" ? `${STATES[step].label}: queued` : STATES[state].label;
}
