import type { ChangeSet, Evidence, PolicyFinding, ThreadReceipt } from "@aicd/core";
import { codeSpan, line as lineOf, named, paragraph } from "./written/index.ts";

/** One round of work on a pull request: the first makes it, each later one answers reviews. */
export type Round = {
  changeSet: ChangeSet;
  evidence: Evidence;
  policy: PolicyFinding[];
  /** Logins of those who asked for it; empty where it was nobody on GitHub. */
  askedBy: readonly string[];
  /** Comments of its reviews, with what became of each. */
  threads: readonly { path: string; line: number | null; receipt: ThreadReceipt | undefined }[];
  /** Its commit, once there is one. */
  sha?: string | undefined;
  /** A person had it published although nobody had agreed to it. */
  partial?: boolean;
};

const THREADS = 20;
const ANSWERS = {
  changed: "changed",
  declined: "not changed",
  question: "a question first",
} as const satisfies Record<ThreadReceipt["kind"], string>;

/** One section for each round: who asked, what changed, and what became of every thread. */
export function roundLines(rounds: readonly Round[]): string[] {
  return [
    "### Rounds",
    "",
    ...rounds.flatMap((round, index) => [
      `#### ${titleOf(round, index)}`,
      "",
      paragraph(round.changeSet.summary),
      "",
      ...threadLines(round),
    ]),
  ];
}

function titleOf({ askedBy, threads, sha, partial }: Round, index: number): string {
  const by = askedBy.map(named).join(" and ");
  const many = threads.length === 0 ? "" : `, ${threads.length} thread${threads.length === 1 ? "" : "s"}`;
  const parts = [`Round ${index + 1}`];
  if (by !== "") parts.push(`${index === 0 ? "asked for by" : "review by"} ${by}${many}`);
  if (partial === true) parts.push("unfinished");
  if (sha !== undefined) parts.push(sha.slice(0, 7));
  return parts.join(" · ");
}

function threadLines({ threads }: Round): string[] {
  if (threads.length === 0) return [];
  const shown = threads.slice(0, THREADS).map(({ path, line, receipt }) => {
    const where = codeSpan(line === null ? path : `${path}:${line}`);
    if (receipt === undefined) return `- ${where} read; nothing was said to it in particular`;
    return `- ${where} ${ANSWERS[receipt.kind]}: ${lineOf(receipt.text)}`;
  });
  const more = threads.length - THREADS;
  return [...shown, ...(more > 0 ? [`- and ${more} more`] : []), ""];
}
