import { formatUsd } from "@aicd/core";
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

/** The step summary. Details may quote the repository or a model, so they stand in a fence they cannot leave. */
export function summary(report: AttemptReport): string {
  const rows = [
    `### AI-CD: ${titleOf(report)}`,
    "",
    `Model cost ${formatUsd(report.costMicroUsd)}${report.planHash === undefined ? "" : ` · plan \`${report.planHash}\``}`,
  ];
  if (report.detail === "") return `${rows.join("\n")}\n`;
  const text = report.detail.slice(0, 8_000);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${[...rows, "", `${fence}text`, text, fence].join("\n")}\n`;
}
