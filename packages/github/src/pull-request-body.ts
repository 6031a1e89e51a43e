import {
  type ChangeSet,
  type CommandRun,
  type CriticVerdict,
  type Evidence,
  type Finding,
  formatUsd,
  type Plan,
  type PolicyFinding,
  sumTests,
} from "@aicd/core";
import { bounded, cell, escapeText, inlineCode } from "./escape.ts";
import { REPORTED } from "./reported.ts";

/** The pull request's text: what and why, the proof, what was not planned, and what it cost. */
export function renderPullRequest(input: {
  issueNumber: number;
  /** Who asked for it: the mention tells them, which a request for review would cost a write of its own. */
  requestedBy: string | undefined;
  plan: { body: Plan; hash: string } | undefined;
  changeSet: ChangeSet;
  evidence: Evidence;
  critic: CriticVerdict | undefined;
  policy: PolicyFinding[];
  spentMicroUsd: number;
  runUrl: string | undefined;
}): string {
  const { plan, changeSet, evidence, critic, policy } = input;
  const unplanned = unplannedFiles(changeSet, plan?.body);
  const cost = [`Spent **${formatUsd(input.spentMicroUsd)}**`];
  if (plan !== undefined) cost.push(`quoted ${formatUsd(Math.round(plan.body.estimate.likelyUsd * 1e6))}`);
  if (input.runUrl !== undefined) cost.push(`[run](${input.runUrl})`);
  return bounded(
    [
      `Fixes #${input.issueNumber}`,
      "",
      ...(input.requestedBy === undefined
        ? []
        : [`Asked for by @${input.requestedBy}, who is also asked to review it.`, ""]),
      escapeText(changeSet.summary),
      "",
      ...(plan === undefined
        ? []
        : [`**Why** ${escapeText(plan.body.cause)}`, "", `Plan ${inlineCode(plan.hash)}`, ""]),
      "### Evidence",
      "",
      REPORTED,
      "",
      ...evidenceTable(evidence),
      "",
      ...section(
        "Weakened tests or checks",
        (evidence.weakened ?? []).map(({ path, what }) => `${inlineCode(path)} ${escapeText(what)}`),
      ),
      ...section("Unplanned changes", unplanned.map(inlineCode)),
      ...section("Policy findings", policy.map(policyLine)),
      ...section("Critic's notes", criticLines(critic)),
      `<sub>${cost.join(" · ")} · commands ran in: ${escapeText(evidence.sandbox)}</sub>`,
    ].join("\n"),
  );
}

/** Files the plan did not name; tests are expected company of any change. */
export function unplannedFiles(changeSet: ChangeSet, plan: Plan | undefined): string[] {
  if (plan === undefined) return [];
  const planned = new Set(plan.files.map((file) => file.path));
  return changeSet.files.map((file) => file.path).filter((path) => !planned.has(path));
}

function evidenceTable(evidence: Evidence): string[] {
  const rows = [
    ...evidence.setup.map((run) => row("setup", run)),
    ...evidence.before.map((run) => row("before", run)),
    ...(evidence.reproduction ?? []).map((run) => row("new tests, old code", run)),
    ...evidence.after.map((run) => row("after", run)),
  ];
  if (rows.length === 0) return ["No checks are known for this repository; nothing was run."];
  const before = sumTests(evidence.before);
  const after = sumTests(evidence.after);
  const summary =
    after === null
      ? []
      : [
          "",
          `Tests: ${before === null ? "?" : before.passed} passed before, **${after.passed} passed after**, ${after.failed} failed.`,
        ];
  return [
    "| when | command | exit code | tests | time |",
    "|---|---|---|---|---|",
    ...rows,
    ...summary,
    ...testLines(evidence.testChanges),
  ];
}

/** Test by test: what turned green, what is new, and what a reviewer should ask about. */
function testLines(changes: Evidence["testChanges"]): string[] {
  if (changes === undefined) return [];
  const { fixed, added, broken, gone } = changes;
  const rows = [
    ["red before, green now", fixed],
    ["new and green", added],
    ["**red now, not before**", broken],
    ["**run before, not any more**", gone],
  ] as const;
  const lines = rows
    .filter(([, names]) => names.length > 0)
    .map(
      ([what, names]) => `- ${what}: ${names.slice(0, 10).map(inlineCode).join(", ")}${more(names.length)}`,
    );
  return lines.length === 0 ? [] : ["", ...lines];
}

function more(count: number): string {
  return count > 10 ? ` and ${count - 10} more` : "";
}

function row(when: string, run: CommandRun): string {
  const tests =
    run.tests === null
      ? ""
      : `${run.tests.passed} passed, ${run.tests.failed} failed, ${run.tests.skipped} skipped`;
  const exit = run.exitCode === null ? "stopped" : String(run.exitCode);
  return `| ${when} | ${cell(inlineCode(run.command))} | ${exit} | ${tests} | ${(run.durationMs / 1000).toFixed(1)} s |`;
}

function policyLine(finding: PolicyFinding): string {
  const where = finding.path === null ? "" : `${inlineCode(finding.path)} `;
  return `${where}${escapeText(finding.message)} (${finding.rule})`;
}

function criticLines(critic: CriticVerdict | undefined): string[] {
  if (critic === undefined) return [];
  return [escapeText(critic.summary), ...critic.findings.map(findingLine)].filter((line) => line !== "");
}

export function findingLine(finding: Finding): string {
  const where = finding.path === null ? "" : `${inlineCode(`${finding.path}:${finding.line ?? ""}`)} `;
  return `**${finding.severity}** ${where}${escapeText(finding.why)}`;
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`### ${title}`, "", ...lines.map((line) => `- ${line}`), ""];
}
