import { formatUsd } from "@aicd/core";
import { codeSpan, fence } from "@aicd/github";
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

/** The step summary. Details may quote the repository or a model, so they stand in a fence. */
export function summary(report: AttemptReport): string {
  const rows = [
    `### AI-CD: ${titleOf(report)}`,
    "",
    `Model cost ${formatUsd(report.costMicroUsd)}${report.planHash === undefined ? "" : ` · plan ${codeSpan(report.planHash)}`}`,
  ];
  if (report.detail === "") return `${rows.join("\n")}\n`;
  return `${[...rows, "", fence(report.detail.slice(0, 8_000), "text")].join("\n")}\n`;
}
