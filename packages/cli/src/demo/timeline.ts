import { formatUsd, isTerminal, type TaskState } from "@aicd/core";
import pc from "picocolors";

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

export type Timeline = {
  state(state: TaskState, spentMicroUsd: number): void;
  /** Something a person did or saw on GitHub. */
  thread(who: string, what: string): void;
  /** What the runner is at, below its state. */
  detail(text: string): void;
  note(text: string): void;
};

/** Prints what happens as it happens: time, actor, fact; one line each. */
export function createTimeline(options: { now: () => number; write: (text: string) => void }): Timeline {
  const start = options.now();
  const stamp = () => pc.dim(`${((options.now() - start) / 1000).toFixed(1).padStart(6)}s `);
  return {
    state(state, spent) {
      const cost = spent > 0 ? pc.dim(` · ${formatUsd(spent)}`) : "";
      const name = isTerminal(state) || state === "PR_OPEN" ? pc.green(state) : pc.cyan(state);
      options.write(`${stamp()}${MARK[state] ?? "•"}  ${pc.bold(name)}${cost}\n`);
    },
    thread(who, what) {
      options.write(`${stamp()}${pc.magenta(`   @${who}`)} ${what}\n`);
    },
    detail(text) {
      options.write(`${stamp()}${pc.dim(`   │ ${text}`)}\n`);
    },
    note(text) {
      options.write(`${stamp()}   ${text}\n`);
    },
  };
}
