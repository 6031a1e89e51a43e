import { formatUsd, type Plan } from "@aicd/core";
import {
  cell,
  codeCell,
  codeSpan,
  heading,
  listItem,
  mention,
  type Part,
  pages,
  paragraph,
} from "@aicd/github";
import { type Places, placeLinks } from "./places/places.ts";

/** Key of the first of its comments. */
export function planKey(hash: string): string {
  return `plan:${hash}`;
}

/**
 * The plan as comments: its hash is what an approval names, its price what an approval allows. Nothing of it is cut,
 * since nobody can approve what is not shown; one that is too long for a comment goes on in the next, and the last
 * one asks.
 */
export function renderPlan(input: {
  plan: Plan;
  hash: string;
  budgetMicroUsd: number;
  baseSha: string;
  /** Who has to approve it; undefined: it goes on by itself. */
  asks: string | undefined;
  /** Models whose price nobody knows. */
  unpriced: readonly string[];
  places: Places;
}): string[] {
  const { plan, hash, budgetMicroUsd, baseSha, asks, unpriced, places } = input;
  const { lowUsd, likelyUsd, highUsd, changedLines } = plan.estimate;
  const usd = (dollars: number) => formatUsd(Math.round(dollars * 1e6));
  const title = `## Plan ${codeSpan(hash)}`;
  const parts: Part[] = [
    { lines: [`${title}: ${heading(plan.title)}`, "", paragraph(plan.understanding), ""] },
    { lines: [`**Cause** ${paragraph(plan.cause)}`, ""] },
    {
      head: ["| file | change |", "|---|---|"],
      lines: plan.files.map((file) => `| ${codeCell(file.path)} | ${cell(file.change)} |`),
      end: [""],
    },
    ...list("Tests", plan.tests.map(listItem)),
    ...list("Checks", plan.checks.map(codeSpan)),
    ...list("Risks", plan.risks.map(listItem)),
    ...list("Open questions", plan.questions.map(listItem)),
    {
      lines: [
        `**Price** low ${usd(lowUsd)} · likely **${usd(likelyUsd)}** · high ${usd(highUsd)} · hard stop ${formatUsd(budgetMicroUsd)} · about ${changedLines} changed lines`,
        ...unpriced.map(
          (model) =>
            `The price of ${codeSpan(model)} is not known here, so its calls are counted as those of the dearest models.`,
        ),
        "",
        asks === undefined
          ? "It needs no approval here: the work goes on. `/aicd cancel` stops it."
          : `${mention(asks)}, approve with \`/aicd approve ${hash}\`, or say what should be different: \`/aicd revise …\``,
        "",
        `<sub>${covers(baseSha)} ${placeLinks(places, "status", "run", "dashboard").join(" · ")}</sub>`,
      ],
    },
  ];
  return pages(parts, { again: `${title}, continued` });
}

function covers(baseSha: string): string {
  return `The hash covers the plan, the issue and the comments it was made from, the settings, the instructions, commit ${baseSha.slice(0, 7)}, the hard stop and the policy. Edit one of them before the work begins, and the approval is void; edit it later, and it is shown here and changes nothing.`;
}

function list(title: string, items: string[]): Part[] {
  if (items.length === 0) return [];
  return [{ head: [`**${title}**`], lines: items.map((item) => `- ${item}`), end: [""] }];
}
