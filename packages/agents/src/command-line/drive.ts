import { type AgentScope, AicdError, type ProgramEnd, type Stopped } from "@aicd/core";
import type { z } from "zod";
import type { Endpoints, ModelChoice } from "../models/connect.ts";
import { stopOfBudget } from "../spending.ts";
import { looseJson, plainSchema } from "./answers.ts";
import type { CommandLine, Request } from "./command-line.ts";
import { createPurse } from "./purse.ts";

/** Starts after an answer that could not be used; one more chance, with the reason said. */
const REPEATS = 1;

type Drive<T> = {
  commandLine: CommandLine;
  choice: ModelChoice;
  endpoints: Endpoints;
  request: Pick<Request, "role" | "system" | "prompt">;
  schema: z.ZodType<T>;
};

/**
 * Runs the command line until its final answer fits the schema, or for a named reason not. The fallback
 * model gets its turn when the first one is refused or does not answer.
 */
export async function drive<T>(
  input: Drive<T>,
  scope: AgentScope,
): Promise<{ kind: "answer"; value: T } | Stopped> {
  const { choice } = input;
  const models = choice.fallback === undefined ? [choice.model] : [choice.model, choice.fallback];
  let end: Stopped = stopped("model_unavailable", "No model was asked.");
  for (const [index, model] of models.entries()) {
    const turn = await takeTurns(input, model, scope);
    if (turn.kind === "answer" || turn.reason !== "model_unavailable") return turn;
    end = turn;
    const next = models[index + 1];
    if (next !== undefined) scope.report({ type: "note", text: `${turn.detail} Trying ${next} instead.` });
  }
  return end;
}

async function takeTurns<T>(
  input: Drive<T>,
  model: string,
  scope: AgentScope,
): Promise<{ kind: "answer"; value: T } | Stopped> {
  let complaint = "";
  for (let turn = 0; ; turn++) {
    const prompt = [input.request.prompt, complaint].filter(Boolean).join("\n\n");
    const ran = await runOnce({ ...input, request: { ...input.request, prompt } }, model, scope);
    if (ran.kind === "stopped") return ran;
    const parsed = input.schema.safeParse(looseJson(ran.value));
    if (parsed.success) return { kind: "answer", value: parsed.data };
    const [issue] = parsed.error.issues;
    const problem = `${issue?.path.join(".") || "The answer"}: ${issue?.message ?? "is not usable"}`;
    if (turn >= REPEATS) {
      return stopped("model_misbehaved", `${input.commandLine.name} gave no usable final answer. ${problem}`);
    }
    complaint = `You have done this work already and the tree is as you left it, but your final answer was not usable (${problem}). Look again only where you must, and give the final answer in the demanded form.`;
  }
}

async function runOnce<T>(
  { commandLine, choice, endpoints, request, schema }: Drive<T>,
  model: string,
  scope: AgentScope,
): Promise<{ kind: "value"; value: unknown } | Stopped> {
  const { budget, now } = scope;
  const over = new AbortController();
  let calls = 0;
  let ended: Stopped | undefined;
  const check = () => {
    ended ??= stopOfBudget(scope, calls);
    if (ended !== undefined) over.abort();
    return ended?.detail;
  };
  if (check() !== undefined && ended !== undefined) return ended;
  const purse = createPurse(budget, ({ model: used, tokens, microUsd }) => {
    calls += 1;
    scope.report({ type: "usage", provider: choice.provider, model: used, tokens, microUsd });
    check();
  });
  let value: unknown;
  let failure = "";
  const hear = commandLine.listener();
  const end = await scope.programs.run({
    ...commandLine.start({ ...request, level: scope.programs.level, model, schema: plainSchema(schema) }),
    readOnly: request.role !== "coder",
    models: {
      wire: commandLine.wire,
      ...(choice.provider === "anthropic" ? endpoints.anthropic : endpoints.openai),
      allowed: [model],
    },
    timeoutMs: Math.max(1_000, budget.deadlineMs - now()),
    signal: AbortSignal.any([scope.signal, over.signal]),
    hold: (call) => {
      const no = check();
      return no === undefined ? purse.hold(call) : new AicdError("exhausted", no);
    },
    onLine(line) {
      for (const heard of hear(line)) {
        if (heard.kind === "text") scope.report({ type: "text", text: heard.text });
        if (heard.kind === "tool")
          scope.report({ ...heard, type: "tool", detail: heard.detail.slice(0, 300) });
        if (heard.kind === "answer") value = heard.value;
        if (heard.kind === "failed") failure = heard.message;
      }
    },
  });
  const cut = ended ?? stopOfBudget(scope, calls);
  if (value !== undefined && value !== "") return { kind: "value", value };
  return cut ?? explain(commandLine, end, failure);
}

/** Why there is no answer, as a reason that decides what happens next. */
function explain(commandLine: CommandLine, end: ProgramEnd, failure: string): Stopped {
  const { name, install } = commandLine;
  const last = (failure || end.errors).trim().slice(-1_000);
  if (end.exitCode === 127) {
    return stopped(
      "agent_unavailable",
      `${name} is not installed on this runner. Add \`${install}\` to its setup.`,
    );
  }
  if (end.timedOut) return stopped("time_exhausted", `The time is used up and ${name} had not finished.`);
  if (end.modelFailure !== undefined) {
    const { status, message } = end.modelFailure;
    if (status === 402) return stopped("budget_exhausted", message);
    return stopped(
      "model_unavailable",
      `The model did not answer ${name} (${status}): ${message.slice(0, 500)}`,
    );
  }
  const how = end.exitCode === null ? "was stopped" : `ended with exit code ${end.exitCode}`;
  if (end.exitCode === 0) return stopped("model_misbehaved", `${name} ended without a final answer. ${last}`);
  return stopped("agent_unavailable", `${name} ${how}. Its last words: ${last || "none"}`);
}

function stopped(reason: Stopped["reason"], detail: string): Stopped {
  return { kind: "stopped", reason, detail };
}
