import { type FileChange, formatUsd, sumTests, wholeEvidence } from "@aicd/core";
import { codeSpan, findingLine, line as lineOf, named, paragraph, type Round } from "@aicd/github";
import { cutEnd, inWords } from "../ending/cut.ts";
import { REASONS } from "../reasons.ts";
import { whatNow } from "../what-now.ts";
import type { WorkRecord } from "./record.ts";

export type Topic = {
  /** In words, for whoever asked for something else. */
  name: string;
  /** What a question about it has in it. */
  asks: RegExp;
  tell(record: WorkRecord): string[];
};

const FILES = 20;
const PROSE_CHARACTERS = 2_000;

/** What a record can be asked for; a question may have several of them in it. */
export const TOPICS: readonly Topic[] = [
  {
    name: "what was changed",
    asks: /\b(?:chang|edit|modif|touch|wr[io]t|diff|files?\b|add(?:ed)?\b|delet|remov|did you do|have you done)/i,
    tell: tellChange,
  },
  { name: "why", asks: /\b(?:why|reason|cause|because|rationale|purpose)/i, tell: tellWhy },
  { name: "the plan", asks: /\b(?:plan|approach|intend|how (?:did|will|would) you)/i, tell: tellPlan },
  {
    name: "how it was proven",
    asks: /\b(?:tests?\b|tested|prov(?:e|en|ed)\b|proof|checks?\b|checked|evidence|verif|green|does it work|is it right)/i,
    tell: tellProof,
  },
  {
    name: "what our own review found",
    asks: /\b(?:review|critic|finding|risk|concern|doubt|safe\b|security)/i,
    tell: tellReview,
  },
  { name: "what became of your comments", asks: /\b(?:thread|comment|feedback|answer)/i, tell: tellThreads },
  {
    name: "what it cost",
    asks: /\b(?:cost|spen[dt]|money|price|expensive|cheap|budget|dollar)|\$/i,
    tell: tellCost,
  },
  {
    name: "who asked for it and approved it, and how long it took",
    asks: /\b(?:who|whose|when|how long|approv)/i,
    tell: tellPeople,
  },
  {
    name: "where it stands",
    asks: /\b(?:status|state|stuck|fail|wrong|error|next|now\b|happen|progress|ready|finish|done yet)/i,
    tell: tellState,
  },
];

const NOTHING = "Nothing is written yet.";

function prose(text: string): string {
  return paragraph(cutEnd(text.trim(), PROSE_CHARACTERS));
}

function inLine(text: string): string {
  return lineOf(cutEnd(text.trim(), PROSE_CHARACTERS));
}

function tellChange({ rounds, open }: WorkRecord): string[] {
  const lines = rounds.flatMap((round, index) =>
    tellRound(round, rounds.length === 1 ? undefined : index + 1),
  );
  if (open !== undefined) {
    lines.push(rounds.length === 0 ? "It is not published. What is written so far:" : "Not published yet:");
    lines.push("", ...filesOf(open.body.files), "");
  }
  return lines.length === 0 ? [NOTHING, ""] : lines;
}

function tellRound({ changeSet, sha, askedBy }: Round, number: number | undefined): string[] {
  const commit = sha === undefined ? "" : ` (${sha.slice(0, 7)})`;
  const by =
    number === undefined || number === 1 ? "" : `, after a review by ${askedBy.map(named).join(" and ")}`;
  const head = number === undefined ? [] : [`_Round ${number}${commit}${by}_`, ""];
  return [...head, prose(changeSet.summary || changeSet.title), "", ...filesOf(changeSet.files), ""];
}

function filesOf(files: readonly FileChange[]): string[] {
  const kindOf = (file: FileChange) =>
    file.kind === "delete" ? "deleted" : file.baseMode === null ? "new" : "changed";
  const shown = files.slice(0, FILES).map((file) => `- ${codeSpan(file.path)} ${kindOf(file)}`);
  return files.length > FILES ? [...shown, `- and ${files.length - FILES} more`] : shown;
}

function tellWhy({ plan }: WorkRecord): string[] {
  if (plan === undefined) return ["There is no plan yet that would say why.", ""];
  return [prose(plan.body.understanding), "", prose(plan.body.cause), ""];
}

function tellPlan({ plan }: WorkRecord): string[] {
  if (plan === undefined) return ["There is no plan yet.", ""];
  const { title, files } = plan.body;
  return [
    `${codeSpan(plan.hash)} ${lineOf(title)}, which is ${plan.state}:`,
    "",
    ...files.map(({ path, change }) => `- ${codeSpan(path)} ${inLine(change)}`),
    "",
  ];
}

function tellProof({ rounds, open }: WorkRecord): string[] {
  const [first, ...rest] = rounds.map(({ evidence }) => evidence);
  const evidence = first === undefined ? open?.evidence : wholeEvidence([first, ...rest]);
  if (evidence == null) return ["No checks were run yet.", ""];
  const commands = evidence.after.map(
    ({ command, exitCode }) =>
      `- ${codeSpan(command)} ${exitCode === 0 ? "passes" : exitCode === null ? "was stopped" : `ends with exit code ${exitCode}`}`,
  );
  const [before, after] = [sumTests(evidence.before), sumTests(evidence.after)];
  const counts =
    after === null
      ? []
      : [`- ${before?.passed ?? "?"} tests passed before, ${after.passed} pass now, ${after.failed} fail`];
  const proves = (evidence.reproduction ?? []).some(({ exitCode }) => exitCode !== 0 && exitCode !== null);
  const proof = proves ? ["- the new tests fail without the change, so they prove it"] : [];
  if (commands.length === 0) return ["No checks are known for this repository, so none were run.", ""];
  return ["Run by our runner, on the code as it is now:", "", ...commands, ...counts, ...proof, ""];
}

function tellReview({ verdict, plan }: WorkRecord): string[] {
  const risks = (plan?.body.risks ?? []).map((risk) => `- risk, as the plan has it: ${inLine(risk)}`);
  if (verdict === undefined) return ["Our own review has not looked at a change yet.", "", ...risks, ""];
  const findings = verdict.findings.map((finding) => `- ${findingLine(finding)}`);
  const head = `Our own review ${verdict.approved ? "agreed" : "did not agree"}. ${prose(verdict.summary)}`;
  return [head, "", ...findings, ...risks, ""];
}

function tellThreads({ rounds }: WorkRecord): string[] {
  const threads = rounds.flatMap((round) => round.threads);
  if (threads.length === 0) return ["No comment of a review was worked on yet.", ""];
  return [
    ...threads.slice(0, FILES).map(({ path, line, receipt }) => {
      const where = codeSpan(line === null ? path : `${path}:${line}`);
      const words =
        receipt === undefined ? "read; nothing was said to it in particular" : inLine(receipt.text);
      return `- ${where} ${words}`;
    }),
    "",
  ];
}

function tellCost({ task, plan, spending }: WorkRecord): string[] {
  const quoted =
    plan === undefined ? "" : `, quoted ${formatUsd(Math.round(plan.body.estimate.likelyUsd * 1e6))}`;
  const calls = `${spending.length} model call${spending.length === 1 ? "" : "s"}`;
  return [
    `${formatUsd(task.spentMicroUsd)} of ${formatUsd(task.budgetMicroUsd)}${quoted}, in ${calls}. \`/aicd explain\` tells it step by step.`,
    "",
  ];
}

function tellPeople({ task, plan }: WorkRecord): string[] {
  const words = [`${named(task.requestedBy.login)} asked for it`];
  if (plan?.state === "approved" && plan.approvedBy !== null) {
    words.push(
      task.mode === "auto"
        ? "the plan needed no approval"
        : `${named(plan.approvedBy.login)} approved the plan`,
    );
  }
  const lasted = inWords(task.stateAt.getTime() - task.createdAt.getTime());
  return [`${words.join(", ")}. From then to where it stands now it took ${lasted}.`, ""];
}

function tellState({ task, standing }: WorkRecord): string[] {
  const reason = task.reason === null ? "" : ` ${REASONS[task.reason].happened} ${REASONS[task.reason].next}`;
  return [`The task is **${task.state}**.${reason} ${whatNow(standing)}`, ""];
}
