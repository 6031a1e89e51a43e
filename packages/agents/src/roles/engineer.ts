import type { AgentScope, AgentTask, CodeOutcome, IAgent, Plan, PlanOutcome, Transcript } from "@aicd/core";
import { type Conversation, newConversation } from "../conversation.ts";
import { type LoopEnd, loop } from "../loop.ts";
import type { Model } from "../models/model.ts";
import { ENGINEER } from "../prompts/engineer.ts";
import { goOn, peoplesWords } from "../prompts/go-on.ts";
import { edit } from "../tools/edit.ts";
import {
  ask,
  type Change,
  type Question,
  submitAnswered,
  submitChange,
  submitPlan,
} from "../tools/finish.ts";
import { read } from "../tools/read.ts";
import { run } from "../tools/run.ts";
import { search } from "../tools/search.ts";
import { closed, type Tool } from "../tools/tool.ts";
import { write } from "../tools/write.ts";
import { pack, unpack } from "../transcript.ts";
import { coderBlocks } from "./coder.ts";
import { plannerBlocks } from "./planner.ts";

const NOT_YET = "The plan is not approved yet: nothing may be changed or run. Look, then call `submit_plan`.";
const NO_MORE =
  "The plan is approved and stays as it is. Where the code shows it wrong, do what is right and say so in the summary.";

/** One list in one order for both phases, so that the vendor's cache of it holds. */
function toolsOf(phase: "plan" | "code", { snapshot }: AgentTask): Tool[] {
  const changes = [edit, write, run, snapshot.review === undefined ? submitChange : submitAnswered];
  return phase === "plan"
    ? [read, search, ...changes.map((tool) => closed(tool, NOT_YET)), submitPlan, ask]
    : [read, search, ...changes, closed(submitPlan, NO_MORE), ask];
}

/** Plans in a conversation that the coding may go on with. */
export async function plan(model: Model, task: AgentTask, scope: AgentScope): Promise<PlanOutcome> {
  const conversation = newConversation();
  const prompt = (await plannerBlocks(task, scope)).join("\n\n");
  const end = await loop(
    { model, system: ENGINEER, prompt, conversation, tools: toolsOf("plan", task) },
    scope,
  );
  if (end.kind === "stopped") return end;
  // The finish tools have checked the values against these schemas.
  if (end.tool === "ask") return { kind: "question", questions: (end.value as Question).questions };
  const transcript = keep(model, { conversation, task, scope });
  return { kind: "planned", plan: end.value as Plan, transcript };
}

/** Codes and mends in the conversation that planned, where there is one; else from a description of the work. */
export async function code(
  model: Model,
  task: Parameters<IAgent["code"]>[0],
  scope: AgentScope,
): Promise<CodeOutcome> {
  const paths = new Set(task.plan.files.map(({ path }) => path));
  const now = { by: nameOf(model), nowMs: scope.now(), paths };
  const kept = task.transcript === undefined ? undefined : unpack(task.transcript, now);
  const blocks =
    kept === undefined || task.transcript === undefined
      ? await coderBlocks(task, scope)
      : await goOn(task, { ...kept, startSha: task.transcript.startSha }, scope);
  const conversation = kept?.conversation ?? newConversation();
  const prompt = blocks.join("\n\n");
  const end = await loop(
    { model, system: ENGINEER, prompt, conversation, tools: toolsOf("code", task) },
    scope,
  );
  return toOutcome(end, () => keep(model, { conversation, task, scope }));
}

function toOutcome(end: LoopEnd, transcript: () => Transcript | undefined): CodeOutcome {
  if (end.kind === "stopped") return end;
  if (end.tool === "ask") return { kind: "question", questions: (end.value as Question).questions };
  const { title, summary, receipts = [] } = end.value as Change;
  return { kind: "coded", title, summary, receipts, transcript: transcript() };
}

function keep(
  model: Model,
  { conversation, task, scope }: { conversation: Conversation; task: AgentTask; scope: AgentScope },
): Transcript | undefined {
  const about = { by: nameOf(model), startSha: task.startSha ?? "", atMs: scope.now() };
  return pack({ conversation, told: peoplesWords(task).map(({ id }) => id) }, about);
}

function nameOf({ provider, name }: Model): string {
  return `${provider}/${name}`;
}
