import { formatUsd, type Plan } from "@aicd/core";
import { bounded, cell, escapeText, inlineCode } from "@aicd/github";
import { mention } from "./mention.ts";

/** The plan as a comment: its hash is what an approval names, its price what an approval allows. */
export function renderPlan(input: {
  plan: Plan;
  hash: string;
  budgetMicroUsd: number;
  baseSha: string;
  /** Who has to approve it; undefined: it goes on by itself. */
  asks: string | undefined;
}): string {
  const { plan, hash, budgetMicroUsd, baseSha, asks } = input;
  const { lowUsd, likelyUsd, highUsd, changedLines } = plan.estimate;
  const usd = (dollars: number) => formatUsd(Math.round(dollars * 1e6));
  const lines = [
    `## Plan ${inlineCode(hash)}: ${escapeText(plan.title)}`,
    "",
    escapeText(plan.understanding),
    "",
    `**Cause** ${escapeText(plan.cause)}`,
    "",
    "| file | change |",
    "|---|---|",
    ...plan.files.map((file) => `| ${inlineCode(file.path)} | ${cell(escapeText(file.change))} |`),
    "",
    ...list("Tests", plan.tests),
    ...list("Checks", plan.checks.map(inlineCode), { raw: true }),
    ...list("Risks", plan.risks),
    ...list("Open questions", plan.questions),
    `**Price** low ${usd(lowUsd)} · likely **${usd(likelyUsd)}** · high ${usd(highUsd)} · hard stop ${formatUsd(budgetMicroUsd)} · about ${changedLines} changed lines`,
    "",
    asks === undefined
      ? "It needs no approval here: the work goes on. `/aicd cancel` stops it."
      : `${mention(asks)}, approve with \`/aicd approve ${hash}\`, or say what should be different: \`/aicd revise …\``,
    "",
    `<sub>The hash covers the plan, the issue's text, commit ${baseSha.slice(0, 7)}, the hard stop and the policy. Edit the issue, and the approval is void.</sub>`,
  ];
  return bounded(lines.join("\n"));
}

function list(title: string, items: string[], options?: { raw: true }): string[] {
  if (items.length === 0) return [];
  return [`**${title}**`, ...items.map((item) => `- ${options?.raw ? item : escapeText(item)}`), ""];
}
