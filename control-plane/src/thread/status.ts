import { formatUsd, type TaskState } from "@aicd/core";
import type { Attempt, PlanRow, Repository, Task } from "@aicd/db";
import { inlineCode } from "@aicd/github";
import { renderDetail } from "./ending/detail.ts";
import { REASONS } from "./reasons.ts";

const HEADLINE: Readonly<Record<TaskState, string>> = {
  QUEUED: "🕐 **Queued** — a runner is being started",
  PLANNING: "🔎 **Planning** — reading the code",
  AWAITING_APPROVAL: "✋ **Waiting for your approval** of the plan below",
  NEEDS_INPUT: "❓ **Waiting for an answer** to the question below",
  CODING: "🛠️ **Coding**",
  REVIEWING: "🧐 **Reviewing** its own work",
  BLOCKED: "⛔ **Blocked** by the repository's policy",
  PUBLISHING: "📦 **Publishing** the change",
  PR_OPEN: "✅ **Pull request open** — your turn",
  MERGED: "🎉 **Merged**",
  CLOSED: "🚪 **Closed** without merging",
  FAILED: "❌ **Failed**",
  CANCELLED: "🛑 **Cancelled**",
};

const STEPS = ["Plan", "Approval", "Code and checks", "Review", "Draft pull request", "Merge"] as const;

/** How many of STEPS are behind a task in each state. FAILED and CANCELLED keep what was reached. */
function stepsDone(task: Task, plan: PlanRow | undefined): number {
  if (task.state === "MERGED") return 6;
  if (task.pullRequestNumber !== null) return 5;
  if (task.state === "PUBLISHING") return 4;
  if (task.state === "REVIEWING" || task.state === "BLOCKED") return 3;
  if (plan?.state === "approved") return 2;
  return plan === undefined ? 0 : 1;
}

/** The sticky comment: where the task stands, what it has cost, and how to steer it. */
export function renderStatus(input: {
  task: Task;
  repository: Repository;
  plan: PlanRow | undefined;
  attempt: Attempt | undefined;
  serverUrl: string;
}): string {
  const { task, repository, plan, attempt, serverUrl } = input;
  const repo = `${serverUrl}/${repository.owner}/${repository.name}`;
  const done = stepsDone(task, plan);
  const atWork = ["PLANNING", "CODING", "REVIEWING"].includes(task.state);
  const working =
    !atWork || task.progress === null || task.progress === "" ? "" : ` — ${inlineCode(task.progress)}`;
  const lines = [`### AI-CD`, "", `${HEADLINE[task.state]}${working}`, ""];
  for (const [index, step] of STEPS.entries()) lines.push(`- [${index < done ? "x" : " "}] ${step}`);
  lines.push("");
  const facts: string[] = [];
  if (task.pullRequestNumber !== null) facts.push(`Pull request #${task.pullRequestNumber}`);
  if (task.branch !== null) facts.push(`Branch [${inlineCode(task.branch)}](${repo}/tree/${task.branch})`);
  if (attempt?.runId != null)
    facts.push(`[Attempt ${attempt.number}](${repo}/actions/runs/${attempt.runId})`);
  facts.push(`Spent **${formatUsd(task.spentMicroUsd)}** of ${formatUsd(task.budgetMicroUsd)}`);
  lines.push(facts.join(" · "), "");
  if (task.reason !== null) {
    const { happened, next } = REASONS[task.reason];
    lines.push(`> ${happened} ${next}`, "");
  }
  if (task.detail !== null && task.detail !== "") {
    lines.push("<details><summary>Details</summary>", "", ...renderDetail(task), "</details>", "");
  }
  lines.push(`<sub>${steering(task, plan)}</sub>`);
  return lines.join("\n");
}

function steering(task: Task, plan: PlanRow | undefined): string {
  switch (task.state) {
    case "AWAITING_APPROVAL":
      return `<code>/aicd approve ${plan?.hash ?? ""}</code> · <code>/aicd revise …</code> · <code>/aicd cancel</code>`;
    case "NEEDS_INPUT":
      return "Answer with <code>/aicd revise …</code> · <code>/aicd cancel</code>";
    case "PR_OPEN":
      return "Submit a review to have it changed, merge it to take it.";
    case "FAILED":
    case "BLOCKED":
      return "<code>/aicd retry</code> · <code>/aicd explain</code>";
    case "MERGED":
    case "CLOSED":
    case "CANCELLED":
      return "<code>/aicd</code> starts a new task.";
    default:
      return "<code>/aicd cancel</code> stops it · <code>/aicd explain</code> · <code>/aicd help</code>";
  }
}
