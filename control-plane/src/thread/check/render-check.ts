import {
  buttonsOf,
  type Evidence,
  type Finding,
  formatUsd,
  isTerminal,
  type PolicyFinding,
} from "@aicd/core";
import type { Task } from "@aicd/db";
import {
  bounded,
  type CheckView,
  codeSpan,
  evidenceLines,
  findingLine,
  line,
  named,
  REPORTED,
  sandboxInWords,
} from "@aicd/github";
import { quoted } from "../ending/detail.ts";
import { type Places, placeLinks } from "../places/places.ts";
import { REASONS } from "../reasons.ts";
import type { RoundFacts } from "../round.ts";
import { type Standing, whatNow } from "../what-now.ts";
import { annotationsOf } from "./annotations.ts";
import { type Conclusion, concludeCheck } from "./conclude.ts";

export type CheckSubject = {
  task: Task;
  round: RoundFacts;
  standing: Standing;
  /** What is at the head, with what critic and policy found in it. Undefined: the newest commit is not ours. */
  change:
    | { evidence: Evidence; partial: boolean; critic: readonly Finding[]; policy: readonly PolicyFinding[] }
    | undefined;
  places: Places & { dashboard: string };
};

/** The check run of a pull request: what is proven of its head, what that cost, and what can be done now. */
export function renderCheck(subject: CheckSubject): CheckView {
  const { task, round, standing, change } = subject;
  const conclusion = concludeCheck({ state: task.state, round: round.number, change });
  return {
    ...conclusion,
    summary: bounded(summaryOf(subject, conclusion).join("\n")),
    annotations: change === undefined ? [] : annotationsOf(change),
    buttons: buttonsOf(standing),
    detailsUrl: subject.places.dashboard,
  };
}

function summaryOf(subject: CheckSubject, { title, standing: shown }: Conclusion): string[] {
  const { task, change, standing } = subject;
  const lines = [`**${title}.** ${stands(subject)}`.trimEnd(), ""];
  if (task.reason !== null) {
    const { happened, next } = REASONS[task.reason];
    lines.push(`> ${happened} ${next}`, "");
  }
  if (task.detail !== null && shown.status === "completed" && !isTerminal(task.state))
    lines.push(...quoted(task.detail));
  if (shown.status === "completed") lines.push(`What can be done now: ${whatNow(standing)}`, "");
  if (change === undefined) {
    lines.push("No evidence of AI-CD's is about this very commit.", "");
  } else {
    lines.push("### Evidence", "", REPORTED, "", ...evidenceLines(change.evidence, { rounds: 1 }), "");
    lines.push(...elsewhere(change));
  }
  lines.push(
    "### Cost",
    "",
    costOf(subject),
    "",
    placeLinks(subject.places, "status", "plan", "changes", "run", "dashboard").join(" · "),
  );
  return lines;
}

/** Which round it is, and who wanted it. */
function stands({ round, task }: CheckSubject): string {
  const asked = round.askedBy.map(named).join(" and ");
  const by = asked === "" ? "" : ` asked for by ${asked}`;
  return `Round ${round.number} of #${task.issueNumber}${by}.`;
}

/** Findings about no file have no line to stand at. */
function elsewhere(change: NonNullable<CheckSubject["change"]>): string[] {
  const policy = change.policy
    .filter(({ path }) => path === null)
    .map(({ message, rule }) => `- ${line(message)} (${line(rule)})`);
  const critic = change.critic.filter(({ path }) => path === null).map((each) => `- ${findingLine(each)}`);
  const weakened = (change.evidence.weakened ?? []).map(
    ({ path, what }) => `- ${codeSpan(path)} ${line(what)}`,
  );
  return [
    ...section("Weakened tests or checks", weakened),
    ...section("Policy findings", policy),
    ...section("Critic's notes", critic),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`### ${title}`, "", ...lines, ""];
}

function costOf({ task, change }: CheckSubject): string {
  const spent = `Spent **${formatUsd(task.spentMicroUsd)}** of ${formatUsd(task.budgetMicroUsd)}`;
  return change === undefined ? spent : `${spent} · ${sandboxInWords(change.evidence.sandbox)}`;
}
