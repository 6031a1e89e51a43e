import { formatUsd } from "@aicd/core";
import { codeSpan, evidenceLines, fence, link, REPORTED } from "@aicd/github";
import type { LeaseGrant } from "@aicd/protocol";
import type { AttemptReport } from "@aicd/runner";

const TITLES = {
  planned: "The plan was handed in",
  approved: "The change was handed in",
  question: "There are questions",
  failed: "The attempt failed",
  cancelled: "The attempt was cancelled",
  fenced: "Another runner has this attempt",
  interrupted: "The runner was asked to end",
} as const satisfies Record<AttemptReport["outcome"], string>;

export function titleOf(report: AttemptReport): string {
  const reason = report.reason === undefined ? "" : ` (${report.reason})`;
  return `${TITLES[report.outcome]}${reason}`;
}

/**
 * The step summary: how it ended, what was run to prove it, what it cost, and where it is talked about. Details may
 * quote the repository or a model, so they stand in a fence.
 */
export function summary(report: AttemptReport, links: readonly { text: string; to: string }[] = []): string {
  const { evidence, detail, planHash } = report;
  const rows = [
    `### AI-CD: ${titleOf(report)}`,
    "",
    [
      `Model cost ${formatUsd(report.costMicroUsd)}`,
      ...(planHash === undefined ? [] : [`plan ${codeSpan(planHash)}`]),
      ...links.map(link),
    ].join(" · "),
  ];
  if (evidence !== undefined) rows.push("", REPORTED, "", ...evidenceLines(evidence, { rounds: 1 }));
  if (detail !== "") rows.push("", fence(detail.slice(0, 8_000), "text"));
  return `${rows.join("\n")}\n`;
}

/** The thread and the dashboard's page of what a lease is for. */
export function linksOf(
  { repository, snapshot, taskId }: Pick<LeaseGrant, "repository" | "snapshot" | "taskId">,
  controlPlaneUrl: string,
): { text: string; to: string }[] {
  const { issue } = snapshot;
  const page = `organizations/${encodeURIComponent(repository.owner)}/tasks/${encodeURIComponent(taskId)}`;
  return [
    { text: `Issue #${issue.number}`, to: issue.url },
    { text: "Dashboard", to: `${controlPlaneUrl.replace(/\/$/, "")}/${page}` },
  ];
}
