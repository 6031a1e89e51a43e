import { type AgentScope, priceTokens, type Stopped } from "@aicd/core";
import { condense } from "./condense.ts";
import type {
  AssistantMessage,
  CallPart,
  Message,
  Model,
  ModelFailure,
  ResultPart,
  StopReason,
} from "./models/model.ts";
import { stopOfBudget, wrapUp } from "./spending.ts";
import { bound } from "./tools/bound.ts";
import type { Tool, ToolOutcome } from "./tools/tool.ts";
import { stopOfFailure, type Trouble, troubleOf } from "./trouble.ts";

export type LoopInput = {
  model: Model;
  system: string;
  /** The first words to the model; they are never condensed. */
  prompt: string;
  tools: Tool[];
  /** Most tokens of one answer. */
  maxTokens?: number;
};

/** `tool` is the finish tool that was called; `value` has passed its schema. */
export type LoopEnd = { kind: "finished"; tool: string; value: unknown } | Stopped;

const MAX_TOKENS = 16_000;

/** Lets a model work with tools until it finishes or is stopped for a named reason. Never throws. */
export async function loop(input: LoopInput, scope: AgentScope): Promise<LoopEnd> {
  const messages: Message[] = [{ role: "user", parts: [{ type: "text", text: input.prompt }] }];
  const tools = new Map(input.tools.map((tool) => [tool.spec.name, tool]));
  const room = input.model.contextTokens - MAX_TOKENS;
  const trouble = troubleOf();
  const startedMs = scope.now();
  let told = false;
  for (let step = 0; ; step++) {
    const end = stopOfBudget(scope, step);
    if (end !== undefined) return end;
    const words = told ? undefined : wrapUp(scope, { step, startedMs });
    if (words !== undefined) {
      told = true;
      messages.at(-1)?.parts.push({ type: "text", text: words });
    }
    condense(messages, room);
    const answer = await listen(input, messages, scope);
    if (answer.kind === "failed") {
      if (answer.failure.kind === "context" && condense(messages, room, 0)) continue;
      return stopOfFailure(answer.failure);
    }
    messages.push({ role: "assistant", parts: answer.parts });
    const calls = answer.parts.filter((part): part is CallPart => part.type === "call");
    const reaction = trouble.afterAnswer({ calls, stop: answer.stop });
    if (reaction.kind === "stopped") return reaction;
    if (reaction.kind === "say") {
      const voids = calls.map((call) => toResult(call, { kind: "error", text: "Not run." }));
      messages.push({ role: "user", parts: [...voids, { type: "text", text: reaction.text }] });
      continue;
    }
    const ran = await runCalls(calls, tools, scope, trouble);
    if (ran.kind !== "results") return ran;
    messages.push({ role: "user", parts: ran.results });
  }
}

type Answer = { kind: "answer"; parts: AssistantMessage["parts"]; stop: StopReason };
type Failed = { kind: "failed"; failure: ModelFailure };

/** One answer of the model, gathered; usage is reported as it comes. */
async function listen(input: LoopInput, messages: Message[], scope: AgentScope): Promise<Answer | Failed> {
  const { model, system, maxTokens = MAX_TOKENS } = input;
  const tools = input.tools.map((tool) => tool.spec);
  let parts: Answer["parts"] = [];
  for await (const event of model.stream({ system, messages, tools, maxTokens, signal: scope.signal })) {
    if (event.type === "text") {
      const last = parts.at(-1);
      if (last?.type === "text") last.text += event.text;
      else parts.push({ type: "text", text: event.text });
    }
    if (event.type === "call" || event.type === "opaque") parts.push(event);
    if (event.type === "usage") {
      scope.report({ ...event, microUsd: priceTokens(event.model, event.tokens) });
    }
    if (event.type === "restart") {
      parts = [];
      const text = `The model did not answer (${event.failure.kind}); trying ${event.model} again.`;
      scope.report({ type: "note", text });
    }
    if (event.type === "failure") return { kind: "failed", failure: event.failure };
    if (event.type === "stop") {
      for (const part of parts) if (part.type === "text") scope.report(part);
      // Vendors refuse a message without content in the history.
      if (parts.length === 0) parts.push({ type: "text", text: "(empty answer)" });
      return { kind: "answer", parts, stop: event.reason };
    }
  }
  return { kind: "failed", failure: { kind: "cut", message: "The answer had no end." } };
}

/** Neighbouring read-only calls run together; everything else in the order the model gave. */
async function runCalls(
  calls: CallPart[],
  tools: Map<string, Tool>,
  scope: AgentScope,
  trouble: Trouble,
): Promise<{ kind: "results"; results: ResultPart[] } | LoopEnd> {
  const isReadOnly = (call: CallPart | undefined) =>
    call !== undefined && tools.get(call.name)?.readOnly === true;
  const results: ResultPart[] = [];
  for (let at = 0, next = 1; at < calls.length; at = next, next += 1) {
    while (isReadOnly(calls[at]) && isReadOnly(calls[next])) next += 1;
    const batch = calls.slice(at, next);
    const outcomes = await Promise.all(batch.map((call) => runCall(call, tools, scope)));
    for (const [index, call] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) continue;
      if (outcome.kind === "finish") return { kind: "finished", tool: call.name, value: outcome.value };
      const warning = trouble.afterCall(call, outcome);
      if (warning.kind === "stopped") return warning;
      results.push(toResult(call, { kind: outcome.kind, text: bound(outcome.text) + warning.text }));
    }
  }
  return { kind: "results", results };
}

async function runCall(call: CallPart, tools: Map<string, Tool>, scope: AgentScope): Promise<ToolOutcome> {
  const tool = tools.get(call.name);
  const text = `There is no tool \`${call.name}\`. There are: ${[...tools.keys()].join(", ")}.`;
  const outcome = tool === undefined ? { kind: "error" as const, text } : await tool.call(call, scope);
  const { path, command, pattern, query } = call.input;
  const detail = [path, command, pattern, query].find((value) => typeof value === "string") ?? "";
  const ok = outcome.kind !== "error";
  scope.report({ type: "tool", tool: call.name, detail: String(detail).slice(0, 300), ok });
  return outcome;
}

function toResult(call: CallPart, outcome: { kind: "ok" | "error"; text: string }): ResultPart {
  return { type: "result", callId: call.id, content: outcome.text, isError: outcome.kind === "error" };
}
