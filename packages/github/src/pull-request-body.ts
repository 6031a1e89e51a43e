import {
  type CriticVerdict,
  type Finding,
  formatUsd,
  type Plan,
  type PolicyFinding,
  wholeEvidence,
} from "@aicd/core";
import type { ComparedFile } from "./compare.ts";
import { type EditShown, editLines } from "./edit-lines.ts";
import { evidenceLines, sandboxInWords } from "./evidence-lines.ts";
import { REPORTED, REPORTED_BUT_CRITIC } from "./reported.ts";
import { type Round, roundLines } from "./round-lines.ts";
import {
  bounded,
  codeCell,
  codeSpan,
  line,
  link,
  listItem,
  mention,
  named,
  paragraph,
} from "./written/index.ts";

export type PullRequestFacts = {
  issueNumber: number;
  /** Who asked for it: the mention tells them, which a request for review would cost a write of its own. */
  requestedBy: string | undefined;
  plan: { body: Plan; hash: string } | undefined;
  /** In their order; the last one is the newest. */
  rounds: readonly [Round, ...Round[]];
  /** Of the newest round. */
  critic: CriticVerdict | undefined;
  /** The critic was asked by the server, not by the runner. */
  isCriticOurs?: boolean;
  spentMicroUsd: number;
  runUrl: string | undefined;
  /** Where else the work is to be seen. */
  links?: readonly { text: string; to: string }[];
  /** What the branch changes since its base, as GitHub compares them; undefined: the rounds say it. */
  files?: { files: readonly ComparedFile[]; isWhole: boolean } | undefined;
  /** Files that were executable, and are not after the newest commit. */
  lostModes?: readonly string[];
  approvedBy?: string | undefined;
  /** What was edited since the plan was approved, and is no part of this. */
  edits?: readonly EditShown[];
  /** In the words a person would use. */
  took?: string | undefined;
};

/** The pull request's text: what all its rounds change, why, the proof, what was not planned, and what it cost. */
export function renderPullRequest(facts: PullRequestFacts): string {
  const { plan, rounds, critic } = facts;
  const newest = rounds.at(-1) ?? rounds[0];
  const evidence = wholeEvidence([rounds[0].evidence, ...rounds.slice(1).map((round) => round.evidence)]);
  const unplanned = unplannedFiles(pathsOf(facts), plan?.body);
  return bounded(
    [
      newest.partial === true ? `Unfinished work on #${facts.issueNumber}` : `Fixes #${facts.issueNumber}`,
      "",
      ...(newest.partial === true ? WARNING : []),
      ...(facts.requestedBy === undefined
        ? []
        : [`Asked for by ${mention(facts.requestedBy)}, who is also asked to review it.`, ""]),
      ...(rounds.length === 1 ? [paragraph(newest.changeSet.summary), ""] : wholeChange(facts)),
      ...(plan === undefined
        ? []
        : [`**Why** ${paragraph(plan.body.cause)}`, "", `Plan ${codeSpan(plan.hash)}`, ""]),
      ...(rounds.length === 1 ? [] : roundLines(rounds)),
      "### Evidence",
      "",
      facts.isCriticOurs === true ? REPORTED_BUT_CRITIC : REPORTED,
      "",
      ...evidenceLines(evidence, { rounds: rounds.length }),
      "",
      ...section("No longer executable", (facts.lostModes ?? []).map(lostMode)),
      ...section(
        "Weakened tests or checks",
        (evidence.weakened ?? []).map(({ path, what }) => `${codeSpan(path)} ${line(what)}`),
      ),
      ...section("Unplanned changes", unplanned.map(codeSpan)),
      ...section("Policy findings", [...new Set(rounds.flatMap(({ policy }) => policy.map(policyLine)))]),
      ...section("Critic's notes", criticLines(critic)),
      ...sinceApproval(facts.edits ?? []),
      `<sub>${[...record(facts), sandboxInWords(evidence.sandbox)].join(" · ")}</sub>`,
    ].join("\n"),
  );
}

const WARNING = [
  "> [!WARNING]",
  "> This is unfinished. The attempt ended before anybody had agreed to it, and a person asked to see it as it is. Review it to have it finished.",
  "",
];

/** Of several rounds no summary of one is true of all: what is true is what the branch changes. */
function wholeChange(facts: PullRequestFacts): string[] {
  const { rounds, files } = facts;
  const paths = pathsOf(facts);
  const many = files?.isWhole === false ? `${paths.length} files and more` : count(paths.length, "file");
  const lines = [`This is the work of ${rounds.length} rounds. Together they change ${many}:`, ""];
  if (files === undefined) return [...lines, ...paths.map((path) => `- ${codeSpan(path)}`), ""];
  return [
    ...lines,
    "| file | lines |",
    "|---|---|",
    ...files.files.slice(0, SHOWN).map(fileRow),
    ...(files.files.length > SHOWN ? [`| and ${files.files.length - SHOWN} more | |`] : []),
    "",
  ];
}

const SHOWN = 50;
const STATUS: Partial<Record<string, string>> = {
  added: " (new)",
  removed: " (deleted)",
  renamed: " (renamed)",
};

function fileRow({ path, status, additions, deletions }: ComparedFile): string {
  return `| ${codeCell(path)}${STATUS[status] ?? ""} | +${additions} −${deletions} |`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function pathsOf({ files, rounds }: PullRequestFacts): string[] {
  if (files?.isWhole === true) return files.files.map(({ path }) => path);
  return [...new Set(rounds.flatMap(({ changeSet }) => changeSet.files.map(({ path }) => path)))];
}

/** Files the plan did not name. */
function unplannedFiles(paths: readonly string[], plan: Plan | undefined): string[] {
  if (plan === undefined) return [];
  const planned = new Set(plan.files.map((file) => file.path));
  return paths.filter((path) => !planned.has(path));
}

function lostMode(path: string): string {
  return `${codeSpan(path)} was, and GitHub's API cannot keep it: \`git update-index --chmod=+x\` before you merge`;
}

/** What it took: money, time, and who wanted and let it. */
function record({
  plan,
  spentMicroUsd,
  runUrl,
  took,
  requestedBy,
  approvedBy,
  links = [],
}: PullRequestFacts): string[] {
  const facts = [`Spent **${formatUsd(spentMicroUsd)}**`];
  if (plan !== undefined) facts.push(`quoted ${formatUsd(Math.round(plan.body.estimate.likelyUsd * 1e6))}`);
  if (took !== undefined) facts.push(`took ${took}`);
  if (requestedBy !== undefined) facts.push(`asked for by ${named(requestedBy)}`);
  if (approvedBy !== undefined) facts.push(`plan approved by ${named(approvedBy)}`);
  if (runUrl !== undefined) facts.push(link({ text: "run", to: runUrl }));
  return [...facts, ...links.map(link)];
}

function policyLine(finding: PolicyFinding): string {
  const where = finding.path === null ? "" : `${codeSpan(finding.path)} `;
  return `${where}${line(finding.message)} (${line(finding.rule)})`;
}

function criticLines(critic: CriticVerdict | undefined): string[] {
  if (critic === undefined) return [];
  return [listItem(critic.summary), ...critic.findings.map(findingLine)].filter((line) => line !== "");
}

export function findingLine(finding: Finding): string {
  const where = finding.path === null ? "" : `${codeSpan(`${finding.path}:${finding.line ?? ""}`)} `;
  return `**${finding.severity}** ${where}${line(finding.why)}`;
}

function sinceApproval(edits: readonly EditShown[]): string[] {
  if (edits.length === 0) return [];
  const words =
    "This was edited after the plan was approved and is no part of the change. A review can ask for it:";
  return ["### Since the approval", "", words, "", ...editLines(edits)];
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`### ${title}`, "", ...lines.map((line) => `- ${line}`), ""];
}
