import { bounded } from "@aicd/github";
import { quoted } from "../ending/detail.ts";
import { whatNow } from "../what-now.ts";
import type { WorkRecord } from "./record.ts";
import { TOPICS } from "./topics.ts";

const QUESTION_CHARACTERS = 500;

/**
 * Answers a question about the work out of its record: without a model, a run or a cent. What the record does not
 * have is not made up; then it is said what can be asked.
 */
export function renderAnswer(question: string, record: WorkRecord): string {
  const asked = quoted(question.trim().slice(0, QUESTION_CHARACTERS).toWellFormed());
  const found = TOPICS.filter(({ asks }) => asks.test(question));
  if (found.length === 0) return [...asked, ...whatCanBeAsked(record)].join("\n");
  const lines = found.flatMap(({ name, tell }) => [
    ...(found.length === 1 ? [] : [`**${name.slice(0, 1).toUpperCase()}${name.slice(1)}**`, ""]),
    ...tell(record),
  ]);
  return bounded([...asked, ...lines, `<sub>${FOOT}</sub>`].join("\n"));
}

const FOOT = "Out of the record of the work: no run was started and nothing was spent for this answer.";

function whatCanBeAsked({ standing }: WorkRecord): string[] {
  return [
    "I answer out of the record of this work, without another run, and that has no answer to this. It has:",
    "",
    ...TOPICS.map(({ name }) => `- ${name}`),
    "",
    `Ask as in \`/aicd ask what did you change and why?\` To have something done: ${whatNow(standing)}`,
  ];
}
