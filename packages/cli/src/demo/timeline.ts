import { formatUsd, isTerminal, type TaskState } from "@aicd/core";
import pc from "picocolors";
import { shortHashes } from "./words.ts";

const MARK: Partial<Record<TaskState, string>> = {
  QUEUED: "🕐",
  PLANNING: "🔎",
  AWAITING_APPROVAL: "✋",
  NEEDS_INPUT: "❓",
  CODING: "🔧",
  REVIEWING: "🧐",
  BLOCKED: "⛔",
  PUBLISHING: "📦",
  PR_OPEN: "✅",
  MERGED: "🎉",
  FAILED: "❌",
  CANCELLED: "🛑",
};

/** What moved the task, where the state alone does not say it. */
const WHY: Record<string, string> = {
  "plan.approved": "the plan is approved",
  "review.rejected": "the critic sends it back",
  "review.approved": "the critic and the policy agree",
  "revision.requested": "a review asks for changes",
  "attempt.retried": "the runner was lost, once more",
  "attempt.failed": "gave up",
};
const QUOTED = /^## |^\*\*Price|^Changed in |^Not changed|^A question/;

function why(trigger: string): string {
  const text = WHY[trigger];
  return text === undefined ? "" : pc.dim(` — ${text}`);
}

export type Timeline = {
  state(state: TaskState, spentMicroUsd: number, trigger: string): void;
  /** Something a person did or saw on GitHub. */
  thread(who: string, what: string): void;
  /** What the runner is at, below its state. */
  detail(text: string | undefined): void;
  /** What the runner is at, as the sticky comment tells it; said once. */
  progress(text: string | undefined): void;
  /** The lines of a comment that matter to somebody who watches. */
  quote(body: string): void;
  note(text: string): void;
  /** Nothing is told any more. */
  end(): void;
};

/** Prints what happens as it happens: time, actor, fact; one line each. */
export function createTimeline(options: { now: () => number; write: (text: string) => void }): Timeline {
  const start = options.now();
  let over = false;
  const write = (text: string) => over || options.write(text);
  const stamp = () => pc.dim(`${((options.now() - start) / 1000).toFixed(1).padStart(6)}s `);
  let told: string | undefined;
  return {
    progress(text) {
      if (text !== undefined && text !== told) write(`${stamp()}${pc.dim(`   · ${text}`)}\n`);
      told = text;
    },
    state(state, spent, trigger) {
      const cost = spent > 0 ? pc.dim(` · ${formatUsd(spent)}`) : "";
      const name = isTerminal(state) || state === "PR_OPEN" ? pc.green(state) : pc.cyan(state);
      write(`${stamp()}${MARK[state] ?? "•"}  ${pc.bold(name)}${why(trigger)}${cost}\n`);
    },
    thread(who, what) {
      write(`${stamp()}${pc.magenta(`   @${who}`)} ${what}\n`);
    },
    detail(text) {
      if (text === undefined) return;
      write(`${stamp()}${pc.dim(`   │ ${text}`)}\n`);
    },
    quote(body) {
      for (const line of body
        .split("\n")
        .filter((text) => QUOTED.test(text))
        .slice(0, 3)) {
        write(
          `${stamp()}${pc.dim("   │   ")}${shortHashes(line).replaceAll(/[*#`]/g, "").trim().slice(0, 140)}\n`,
        );
      }
    },
    end() {
      over = true;
    },
    note(text) {
      write(`${stamp()}   ${text}\n`);
    },
  };
}
