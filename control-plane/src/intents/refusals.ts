import type { ErrorKind } from "@aicd/core";

/** Why a wish is not done. Each has its row below, so that one nobody named cannot pass for success. */
export type Refusal =
  | "command.unclear"
  | "hash.wrong"
  | "nothing.to.approve"
  | "nothing.to.cancel"
  | "nothing.to.retry"
  | "nothing.to.revise"
  | "override.forbidden"
  | "override.refused"
  | "partial.blocked"
  | "partial.missing"
  | "review.too_late"
  | "somebody.was.first"
  | "storm"
  | "task.exists"
  | "task.missing";

type Row = {
  /** What HTTP makes of it. */
  kind: Extract<ErrorKind, "conflict" | "forbidden" | "invalid" | "limited" | "missing">;
  /** What the person reads, on the thread, in the API and in the dashboard alike. */
  sentence: string;
  /** When it is worth asking again. */
  retryS?: number;
};

const REFUSALS = {
  "command.unclear": { kind: "invalid", sentence: "That is not a command." },
  "hash.wrong": {
    kind: "conflict",
    sentence: "That is not the hash of what is on the table now. Read the plan again and approve its hash.",
  },
  "nothing.to.approve": { kind: "conflict", sentence: "Nothing waits for an approval now." },
  "nothing.to.cancel": {
    kind: "conflict",
    sentence: "Nothing is at work that could be stopped: the task is over, or its pull request is open.",
  },
  "nothing.to.retry": { kind: "conflict", sentence: "Only what FAILED or was BLOCKED can be retried." },
  "nothing.to.revise": { kind: "conflict", sentence: "No plan or question is open to be answered now." },
  "override.forbidden": {
    kind: "forbidden",
    sentence: "Only an owner or admin may publish what the policy stopped.",
  },
  "override.refused": {
    kind: "conflict",
    sentence: "The policy refuses this change; nobody may override that.",
  },
  "partial.blocked": {
    kind: "conflict",
    sentence: "The policy stops what there is of the change, so it is not published. Its patch can be had.",
  },
  "partial.missing": {
    kind: "conflict",
    sentence:
      "There is no unfinished work here to publish: only what FAILED after something was written has it.",
  },
  "review.too_late": {
    kind: "conflict",
    sentence: "This review came after the task was over, so nothing is changed for it.",
  },
  "somebody.was.first": {
    kind: "conflict",
    sentence: "Somebody else moved the task at the same moment. Read it again.",
  },
  storm: {
    kind: "limited",
    sentence:
      "Several tasks were started on this issue within the hour. Look at why they ended, and try later.",
    retryS: 600,
  },
  "task.exists": {
    kind: "conflict",
    sentence: "The issue has a task at work already; there is one at a time.",
  },
  "task.missing": { kind: "missing", sentence: "There is no such task here." },
} as const satisfies Record<Refusal, Row>;

/** A row as the doors read it. */
export function refusalRow(refusal: Refusal): Row {
  return REFUSALS[refusal];
}
