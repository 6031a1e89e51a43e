import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type AgentScope, type AgentTask, type IAgent, isSmall } from "@aicd/core";
import { type Conversation, callsOf } from "../conversation.ts";
import { bound } from "../tools/bound.ts";
import { PlanInput } from "../tools/finish.ts";
import { data } from "./data.ts";
import { describeEvidence } from "./evidence.ts";
import {
  describeCi,
  describeDiff,
  describeFindings,
  describeHandover,
  describePlan,
  describeReview,
} from "./task.ts";

type Work = Parameters<IAgent["code"]>[0];
type Before = { conversation: Conversation; told: string[]; isCold: boolean; startSha: string };

const NEWS_CHARACTERS = 20_000;

/**
 * What is said to go on with a conversation: the approval or the findings, what people said since, and what
 * has changed under it. What it knows already is not said again.
 */
export async function goOn(task: Work, before: Before, { workspace }: AgentScope): Promise<string[]> {
  const opened = callsOf(before.conversation.messages).find(({ id }) => id === before.conversation.open);
  const isFirst = opened?.name === "submit_plan";
  const moved = before.startSha !== "" && task.startSha !== undefined && before.startSha !== task.startSha;
  const diff = !isFirst && before.isCold ? await workspace.diff() : "";
  return [
    ...(isFirst ? approval(task, opened.input) : []),
    ...news(task, before.told),
    ...describeReview(task),
    ...describeCi(task),
    ...(moved ? [MOVED] : []),
    ...(before.isCold ? [COLD] : []),
    ...(diff === "" ? [] : describeDiff(diff)),
    ...(task.evidence === undefined ? [] : describeEvidence(task.evidence, !isFirst)),
    ...describeFindings(task.findings, task.evidence),
    ...describeHandover(task.handover),
    ask(task),
  ];
}

const MOVED =
  "The branch has moved on since: what you read may have changed. Read again what you are going to edit.";
const COLD = "Some time has passed; what you looked up besides the plan's files was shortened above.";

function ask({ plan, findings }: Work): string {
  if (findings.length > 0) return "Mend the findings.";
  if (!isSmall(plan)) return "Make the change.";
  return "Make the change. It is small: edit, run the tests and call `submit_change` in one answer.";
}

/** The approved plan is the one that counts, whatever stands in the conversation. */
function approval({ plan }: Work, handedIn: unknown): string[] {
  const parsed = PlanInput.safeParse(handedIn);
  if (parsed.success && isDeepStrictEqual(parsed.data, plan))
    return ["The plan is approved as you handed it in."];
  return describePlan(plan);
}

/** Comments and wishes of people, each with a name by which it is known to have been told. */
export function peoplesWords({ snapshot }: AgentTask): { id: string; text: string }[] {
  const { comments, guidance } = snapshot;
  const words = [
    ...comments.map(({ author, body }) => `@${author.login} commented:\n${body}`),
    ...guidance.map(
      ({ author, text }) => `@${author.login}, who may write to the repository, says:\n${text}`,
    ),
  ];
  return words.map((text) => ({ id: createHash("sha256").update(text).digest("hex").slice(0, 16), text }));
}

function news(task: AgentTask, told: readonly string[]): string[] {
  const known = new Set(told);
  const fresh = peoplesWords(task).filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return [];
  const text = fresh.map((words) => words.text).join("\n\n---\n\n");
  return ["Said since, by people of the thread:", data("news", bound(text, NEWS_CHARACTERS))];
}
