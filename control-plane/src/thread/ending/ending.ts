import { type Finding, formatUsd } from "@aicd/core";
import type { Attempt, Repository, Task } from "@aicd/db";
import { bounded, codeSpan, findingLine, link, mention } from "@aicd/github";
import { REASONS } from "../reasons.ts";
import { type Standing, whatNow } from "../what-now.ts";
import { cutEnd, inWords } from "./cut.ts";
import { quoted, renderDetail } from "./detail.ts";

/** States in which nothing goes on until a person acts, and no other comment says so. */
export const ENDINGS = {
  FAILED: "❌ This did not work out",
  BLOCKED: "⛔ The policy stopped the change",
  CANCELLED: "🛑 I stopped",
} as const;
export type Ending = keyof typeof ENDINGS;

export type EndingFacts = {
  task: Task & { state: Ending };
  repository: Pick<Repository, "owner" | "name">;
  standing: Standing;
  attempt: Attempt | undefined;
  /** Rounds of coding in that attempt, and how many of them our own review sent back. */
  rounds: { coded: number; sentBack: number };
  /** What that review found last. */
  findings: readonly Finding[];
  /** Where the last work that reached us is to be had as a patch; undefined: nothing was written. */
  patchUrl: string | undefined;
  /** That work may be published as it is, if a person says so. */
  mayPublishPartial: boolean;
  serverUrl: string;
};

/** A new comment for the person who asked, once for each end: an edit of the sticky comment notifies nobody. */
export function renderEnding(facts: EndingFacts): string {
  const { task } = facts;
  const happened = task.reason === null ? "" : ` ${REASONS[task.reason].happened}`;
  const lines = [
    `## ${ENDINGS[task.state]}`,
    "",
    `${mention(task.requestedBy.login)},${sentence(task)}${happened}`,
    "",
  ];
  const detail = task.state === "CANCELLED" ? quoted(task.detail ?? "") : renderDetail(task);
  if (task.detail !== null && task.detail !== "") lines.push(...detail);
  lines.push(...review(facts.findings), ...account(facts), "", `**What you can do now** ${next(facts)}`);
  return bounded(lines.join("\n"));
}

function sentence({ state, issueNumber }: EndingFacts["task"]): string {
  if (state === "BLOCKED") return " the change is finished, but a person has to take it:";
  return state === "CANCELLED"
    ? ` the work on #${issueNumber} is over:`
    : ` the work on #${issueNumber} has failed.`;
}

function review(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, 5).map((finding) => {
    const why = cutEnd(finding.why.replaceAll(/\s+/g, " "), 300);
    return `- ${findingLine({ ...finding, why })}`;
  });
  const more = findings.length > 5 ? [`- and ${findings.length - 5} more`] : [];
  return ["**What our own review found last**", "", ...shown, ...more, ""];
}

/** What was tried, what it cost, and where it lies. */
function account(facts: EndingFacts): string[] {
  const { task, attempt, rounds } = facts;
  const { coded, sentBack } = rounds;
  const tried: string[] = [];
  if (attempt !== undefined) {
    const took =
      attempt.endedAt === null
        ? ""
        : ` took ${inWords(attempt.endedAt.getTime() - attempt.createdAt.getTime())}`;
    tried.push(`attempt ${attempt.number}${took}`);
  }
  if (coded > 0) tried.push(`${coded} round${coded === 1 ? "" : "s"} of coding`);
  if (sentBack > 0) tried.push(`${sentBack} sent back by our own review`);
  const cost = `${formatUsd(task.spentMicroUsd)} of ${formatUsd(task.budgetMicroUsd)}`;
  return [
    ...(tried.length === 0 ? [] : [`**What was tried** ${tried.join(", ")}  `]),
    `**What it cost** ${cost}  `,
    ...where(facts),
  ];
}

function where({ task, repository, attempt, patchUrl, serverUrl }: EndingFacts): string[] {
  const repo = `${serverUrl}/${repository.owner}/${repository.name}`;
  const places: string[] = [];
  if (task.pullRequestNumber !== null) places.push(`pull request #${task.pullRequestNumber}`);
  // A name alone is no branch yet.
  if (task.branch !== null && task.headSha !== null)
    places.push(
      `branch ${link({ text: codeSpan(task.branch), to: `${repo}/tree/${encodeURI(task.branch)}` })}`,
    );
  if (attempt?.runId != null) places.push(`[log of the run](${repo}/actions/runs/${attempt.runId})`);
  if (patchUrl !== undefined) places.push(`[patch](${patchUrl}) of what was written`);
  return places.length === 0 ? [] : [`**Where the work is** ${places.join(" · ")}  `];
}

function next({ task, standing, mayPublishPartial }: EndingFacts): string {
  if (task.state !== "FAILED" || task.reason === null) return whatNow(standing);
  const words = [REASONS[task.reason].next];
  if (mayPublishPartial && task.reason !== "publishing_failed") {
    words.push("`/aicd retry --partial` publishes what there is as a draft, and costs nothing more.");
  }
  if (standing.hasPullRequest) words.push(whatNow(standing));
  return words.join(" ");
}
