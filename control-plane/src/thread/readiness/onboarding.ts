import { LIMITS } from "@aicd/core";
import { codeSpan, link } from "@aicd/github";

/** Where GitHub looks for the workflow we start. */
export const WORKFLOW = ".github/workflows/aicd.yml";
export const onboardingTitle = "Set up AI-CD";
const MOST_LINES = 20;

type Found = {
  steps: readonly { uses: string }[];
  commands: {
    setup: readonly { run: string; from: string }[];
    checks: readonly { run: string; from: string }[];
    notes: readonly string[];
  };
};

/**
 * The pull request that a repository is welcomed with: what will happen, what it may cost, and what was found out.
 * @param facts.addWorkflow address of the page where a person adds the workflow, where the App may not
 */
export function renderOnboarding(facts: {
  proposal: Found;
  publicUrl: string;
  addWorkflow?: string;
}): string {
  const { steps, commands } = facts.proposal;
  return [
    "AI-CD turns an issue into a reviewed pull request. Merge this, then label an issue `aicd` or comment `/aicd`.",
    ...workflowLines(facts.addWorkflow),
    "",
    "### What will happen",
    "- A plan with a price appears on the issue, and waits for a person with write access. Nothing is written before.",
    "- The work is done in this repository's own GitHub Actions, by a job that can read and nothing else. What comes of it is a draft pull request; merging stays yours.",
    "- Nobody is mentioned, and no issue is touched that nobody asked about.",
    "",
    "### What it may cost",
    `- At most $${LIMITS.budgetMicroUsd / 1e6} of model calls for one task, unless \`budgetUsd\` says otherwise; planning is a small part of it. What was spent is on the issue.`,
    "- Minutes of GitHub Actions, as for any job. Without a task: nothing.",
    "",
    "### What was found in this repository",
    ...list(
      "Installed before the work",
      steps.map(({ uses }) => codeSpan(uses)),
    ),
    ...list("Run once, with network", commands.setup.map(command)),
    ...list("Run before and after a change, without network", commands.checks.map(command)),
    ...commands.notes.slice(0, MOST_LINES).map((note) => `- ${codeSpan(note)}`),
    "",
    "`/aicd doctor` on any issue says what is still missing. Close this pull request to say no: it is not opened again.",
    "",
    `<sub>${link({ text: "Settings of the organization", to: facts.publicUrl })}</sub>`,
  ].join("\n");
}

function workflowLines(address: string | undefined): string[] {
  if (address === undefined) return [];
  return [
    "",
    "> [!IMPORTANT]",
    `> The App may not write workflows here, so one file is still missing: ${link({ text: `add ${WORKFLOW}`, to: address })} (filled in; commit it to this branch).`,
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`- ${title}: nothing.`];
  return [`- ${title}:`, ...lines.slice(0, MOST_LINES).map((line) => `  - ${line}`)];
}

function command({ run, from }: { run: string; from: string }): string {
  return `${codeSpan(run)} from ${codeSpan(from)}`;
}
