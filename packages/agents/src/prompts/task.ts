import type { AgentTask, Evidence, Finding, Handover, Plan, Workspace } from "@aicd/core";
import { bound } from "../tools/bound.ts";
import { data } from "./data.ts";
import { withoutOutput } from "./evidence.ts";

const DIFF_CHARACTERS = 120_000;
const INSTRUCTION_CHARACTERS = 20_000;
/** Per block of the thread: a flood of text must not push the code out of the context. */
const THREAD_CHARACTERS = 60_000;
const LOG_CHARACTERS = 8_000;

/** The issue, the thread and the repository's instructions, as every role sees them. */
export function describeTask(task: AgentTask): string[] {
  const { issue, comments, guidance } = task.snapshot;
  const blocks = [
    `${issue.number === 0 ? "The issue" : `Issue #${issue.number}`}, written by ${who(issue.author)}:`,
    data("issue", `# ${issue.title}\n\n${bound(issue.body, THREAD_CHARACTERS)}`),
  ];
  if (comments.length > 0) {
    const text = comments.map((comment) => `${who(comment.author)}:\n${comment.body}`).join("\n\n---\n\n");
    blocks.push("Comments on the issue, oldest first:", data("comments", bound(text, THREAD_CHARACTERS)));
  }
  if (guidance.length > 0) {
    const text = guidance.map((entry) => `${who(entry.author)}: ${entry.text}`).join("\n\n");
    blocks.push(
      "Answers and wishes of people who may write to the repository; follow them where they concern the work:",
      data("guidance", bound(text, THREAD_CHARACTERS)),
    );
  }
  if (task.instructions !== "") {
    blocks.push(
      "The repository's instructions for contributors; follow them in style and commands:",
      data("instructions", bound(task.instructions, INSTRUCTION_CHARACTERS)),
    );
  }
  return blocks;
}

/** Instructions that hold for a part, by name: for who can read them. */
export function describeGuides({ guides = [] }: AgentTask): string[] {
  if (guides.length === 0) return [];
  const lines = guides.map(({ path, about }) => (about === "" ? path : `${path}: ${about}`));
  return [
    "The repository has more instructions; read those the work falls under, and follow them likewise:",
    data("guides", lines.join("\n")),
  ];
}

/** The review a retry answers, with the ids the receipts must name. */
export function describeReview(task: AgentTask): string[] {
  const { review } = task.snapshot;
  if (review === undefined) return [];
  const comments = review.comments.map((comment) => {
    const place = comment.line === null ? comment.path : `${comment.path}:${comment.line}`;
    return `comment ${comment.id} by ${who(comment.author)} at ${place}:\n${comment.body}`;
  });
  const text = [review.body, ...comments].filter((part) => part !== "").join("\n\n---\n\n");
  return [
    `A person reviewed the pull request. The working tree is its current state. Answer this review; each of the ${comments.length} comments needs one receipt by its id, short and about the code: \`changed\` (what), \`declined\` (why not) or \`question\`:`,
    data("review", bound(text, THREAD_CHARACTERS)),
  ];
}

/** Checks that failed at GitHub: names and logs are whatever the programs there printed. */
export function describeCi(task: AgentTask): string[] {
  const { ci = [] } = task.snapshot;
  if (ci.length === 0) return [];
  const text = ci.map(({ name, tests, excerpt }) =>
    [`check ${name}`, ...tests.map((test) => `failing test: ${test}`), bound(excerpt, LOG_CHARACTERS)].join(
      "\n",
    ),
  );
  return [
    "The pull request's own CI failed on your earlier change, which is the working tree. Find the cause and mend it in the code; never by weakening, skipping or deleting a test or a check. The end of each failing step's log:",
    data("ci", bound(text.join("\n\n---\n\n"), THREAD_CHARACTERS)),
  ];
}

export function describePlan(plan: Plan): string[] {
  return ["The approved plan:", data("plan", planText(plan))];
}

/** As people would write it down; what is empty is not said. */
function planText({ title, understanding, cause, files, tests, checks, risks, questions }: Plan): string {
  const list = (name: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${name}:`, ...lines.map((line) => `- ${line}`)];
  const changes = files.map(({ path, change }) => `${path}: ${change}`);
  return [
    title,
    understanding,
    `Cause: ${cause}`,
    ...list("Files", changes),
    ...list("Tests", tests),
    ...list("Checks", checks),
    ...list("Risks", risks),
    ...list("Open questions", questions),
  ].join("\n");
}

/** @param evidence shown beside them, with the outputs that findings quote the ends of */
export function describeFindings(findings: Finding[], evidence?: Evidence): string[] {
  if (findings.length === 0) return [];
  const lines = findings.map((finding) => {
    const place =
      finding.path === null ? "" : ` ${finding.path}${finding.line === null ? "" : `:${finding.line}`}`;
    return `- [${finding.severity}]${place}: ${withoutOutput(finding.why, evidence)}\n  Wanted: ${finding.wanted}`;
  });
  return [
    "Your earlier change is in the working tree. It was not accepted; mend these findings:",
    data("findings", lines.join("\n")),
  ];
}

/** The notes of a predecessor that was lost, and what to do with them. */
export function describeHandover(handover: Handover | undefined): string[] {
  if (handover === undefined) return [];
  const { changed, learned } = handover;
  const tree =
    changed.length === 0
      ? []
      : [
          "Files it had changed; they are in the working tree as it left them:",
          data("changed", changed.join("\n")),
        ];
  const notes = learned === "" ? [] : ["Its notes, oldest first:", data("notes", learned)];
  return [
    "Another agent began this very work and was cut off because its machine was lost, not because it was wrong.",
    ...tree,
    ...notes,
    "Continue from here. Do not start over: look again only where you must, and do what is missing.",
  ];
}

export function describeDiff(diff: string): string[] {
  return ["The change:", data("diff", bound(diff, DIFF_CHARACTERS))];
}

/** The top of the tree, so that no first call is spent on it. */
export async function describeTree(workspace: Workspace): Promise<string[]> {
  const names = await workspace.list(".");
  return ["The repository's root:", data("root", bound(names.join("\n"), 4_000))];
}

/** What prepares and proves the repository, so that nobody has to look for it. */
export function describeCommands(commands: AgentTask["commands"]): string[] {
  if (commands === undefined || commands.checks.length === 0) return [];
  const { setup, checks } = commands;
  const lines = [...setup.map((run) => `setup: ${run}`), ...checks.map((run) => `check: ${run}`)];
  return ["Commands our machine runs itself:", data("commands", lines.join("\n"))];
}

function who(author: { login: string; permission: string }): string {
  return `@${author.login} (${author.permission === "none" ? "no" : author.permission} permission)`;
}
