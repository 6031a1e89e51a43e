import { formatUsd, isTerminal, type TaskState } from "@aicd/core";
import type { Attempt, PlanRow, Repository, Task } from "@aicd/db";
import { codeSpan, line, link, named } from "@aicd/github";
import { editsOfTask } from "./edits.ts";
import { inWords } from "./ending/cut.ts";
import { renderDetail } from "./ending/detail.ts";
import { type Places, placeLinks } from "./places/places.ts";
import { REASONS } from "./reasons.ts";
import type { RoundFacts } from "./round.ts";

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
const STEPS_OF_LATER_ROUNDS = ["Code and checks", "Review", "Pull request updated", "Merge"] as const;

/** How many of the steps of its round are behind a task in each state. FAILED and CANCELLED keep what was reached. */
function stepsDone({ task, plan, round }: View): number {
  if (round.number > 1) return LATER[task.state] ?? 0;
  if (task.state === "MERGED") return 6;
  if (task.pullRequestNumber !== null) return 5;
  if (task.state === "PUBLISHING") return 4;
  if (task.state === "REVIEWING" || task.state === "BLOCKED") return 3;
  if (plan?.state === "approved") return 2;
  return plan === undefined ? 0 : 1;
}

const LATER: Partial<Record<TaskState, number>> = {
  REVIEWING: 1,
  BLOCKED: 1,
  PUBLISHING: 2,
  PR_OPEN: 3,
  CLOSED: 3,
  MERGED: 4,
};

export type View = {
  task: Task;
  repository: Repository;
  plan: PlanRow | undefined;
  attempt: Attempt | undefined;
  round: RoundFacts;
  serverUrl: string;
  places: Places;
  /** Where what was written is to be had; undefined: nothing was. */
  patchUrl: string | undefined;
};

/** The sticky comment: where the task stands, what it has cost, and how to steer it. */
export function renderStatus(view: View): string {
  const { task, plan, round } = view;
  const done = stepsDone(view);
  const lines = [`### AI-CD`, "", `${HEADLINE[task.state]}${working(task)}`, ""];
  if (round.number > 1) lines.push(roundLine(round), "");
  for (const [index, step] of (round.number > 1 ? STEPS_OF_LATER_ROUNDS : STEPS).entries()) {
    lines.push(`- [${index < done ? "x" : " "}] ${step}`);
  }
  lines.push("", factsOf(view).join(" · "), "");
  if (AT_REST.has(task.state)) lines.push(recordOf(view).join(" · "), "");
  if (task.reason !== null) {
    const { happened, next } = REASONS[task.reason];
    lines.push(`> ${happened} ${next}`, "");
  }
  if (task.detail !== null && task.detail !== "") {
    lines.push("<details><summary>Details</summary>", "", ...renderDetail(task), "</details>", "");
  }
  lines.push(...editsOfTask(shownEdits(view), { hasPullRequest: task.pullRequestNumber !== null }));
  lines.push(`<sub>${steering(task, plan)}</sub>`);
  return lines.join("\n");
}

/** Only of what goes on: a task that is over is not to be steered any more. */
function shownEdits({ task, plan }: View): PlanRow["edits"] {
  if (plan?.state !== "approved" || isTerminal(task.state)) return [];
  return plan.edits ?? [];
}

function working({ state, progress }: Task): string {
  const atWork = ["QUEUED", "PLANNING", "CODING", "REVIEWING"].includes(state);
  const words = progress?.replaceAll(/\s+/g, " ").trim() ?? "";
  return !atWork || words === "" ? "" : ` — _${line(words)}_`;
}

/** Which round it is, who asked for it, and how much there is to answer. */
function roundLine({ number, askedBy, threads }: RoundFacts): string {
  const by = askedBy.length === 0 ? "" : `, asked for by ${askedBy.map(named).join(" and ")}`;
  const much = threads === undefined ? "" : `, ${threads} thread${threads === 1 ? "" : "s"}`;
  return `**Round ${number}**${by}${much}`;
}

/** States in which a task rests, and may be looked back on. */
const AT_REST: ReadonlySet<TaskState> = new Set([
  "PR_OPEN",
  "MERGED",
  "CLOSED",
  "FAILED",
  "CANCELLED",
  "BLOCKED",
]);

function factsOf({ task, repository, attempt, serverUrl, places }: View): string[] {
  const repo = `${serverUrl}/${repository.owner}/${repository.name}`;
  const facts: string[] = [];
  if (task.pullRequestNumber !== null) facts.push(`Pull request #${task.pullRequestNumber}`);
  // A name alone is no branch yet.
  if (task.branch !== null && task.headSha !== null)
    facts.push(
      `Branch ${link({ text: codeSpan(task.branch), to: `${repo}/tree/${encodeURI(task.branch)}` })}`,
    );
  if (attempt?.runId != null)
    facts.push(`[Attempt ${attempt.number}](${repo}/actions/runs/${attempt.runId})`);
  facts.push(...placeLinks(places, "plan", "changes", "dashboard"));
  return [...facts, `Spent **${formatUsd(task.spentMicroUsd)}** of ${formatUsd(task.budgetMicroUsd)}`];
}

/** How long it took, who wanted it, who let it, and where the work lies that is on no pull request. */
function recordOf({ task, plan, patchUrl }: View): string[] {
  const record = [
    `Took ${inWords(task.stateAt.getTime() - task.createdAt.getTime())}`,
    `asked for by ${named(task.requestedBy.login)}`,
  ];
  const approver = plan?.state === "approved" ? plan.approvedBy : null;
  if (approver != null) {
    record.push(task.mode === "auto" ? "no approval was asked for" : `approved by ${named(approver.login)}`);
  }
  if (patchUrl !== undefined) record.push(`[patch](${patchUrl}) of what was written`);
  return record;
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
