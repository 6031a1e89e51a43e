import type { AgentScope, Stopped } from "@aicd/core";
import { notRun, runCalls } from "./calls.ts";
import { CHARACTERS_PER_TOKEN, charactersOf, condense } from "./condense.ts";
import { type Conversation, callsOf, leaveOpen, newConversation, tell } from "./conversation.ts";
import { listen } from "./listen.ts";
import type { AssistantMessage, CallPart, Model } from "./models/model.ts";
import { stopOfBudget, untilDeadline, wrapUp } from "./spending.ts";
import type { Tool } from "./tools/tool.ts";
import { stopOfFailure, troubleOf } from "./trouble.ts";
import { shrink, windowOf } from "./window.ts";

export type LoopInput = {
  model: Model;
  system: string;
  /** What the model is told; the first words of a conversation are condensed last. */
  prompt: string;
  /** To go on with, and changed in place; a new one where it is left out. */
  conversation?: Conversation;
  tools: Tool[];
  /** Most tokens of one answer. */
  maxTokens?: number;
  /** The first answer should be the last one. */
  inOne?: boolean;
};

/** `tool` is the finish tool that was called; `value` has passed its schema. */
export type LoopEnd = { kind: "finished"; tool: string; value: unknown } | Stopped;

/** Lets a model work with tools until it finishes or is stopped for a named reason. Never throws. */
export async function loop(input: LoopInput, scope: AgentScope): Promise<LoopEnd> {
  const { model, system } = input;
  const conversation = input.conversation ?? newConversation();
  const { messages } = conversation;
  tell(conversation, input.prompt);
  const tools = new Map(input.tools.map((tool) => [tool.spec.name, tool]));
  const specs = input.tools.map((tool) => tool.spec);
  const fixed = Math.ceil((system.length + JSON.stringify(specs).length) / CHARACTERS_PER_TOKEN);
  const trouble = troubleOf();
  const ids = new Set(callsOf(messages).map(({ id }) => id));
  const startedMs = scope.now();
  const signal = untilDeadline(scope);
  let window = windowOf(model.contextTokens, input.maxTokens);
  let told = false;
  for (let step = 0; ; step++) {
    const end = stopOfBudget(scope, step);
    if (end !== undefined) return end;
    const words = told ? undefined : wrapUp(scope, { step, startedMs });
    if (words !== undefined) {
      told = true;
      messages.at(-1)?.parts.push({ type: "text", text: words });
    }
    const { maxTokens } = window;
    const room = window.contextTokens - maxTokens - fixed;
    condense(messages, room);
    const request = {
      system,
      messages,
      tools: specs,
      maxTokens,
      isLast: input.inOne === true && step === 0,
      signal,
    };
    const answer = await listen(model, request, { report: scope.report, ids });
    if (answer.kind === "failed") {
      const { failure } = answer;
      const requestTokens = fixed + charactersOf(messages) / CHARACTERS_PER_TOKEN + maxTokens;
      const smaller = failure.kind === "context" ? shrink(window, { ...failure, requestTokens }) : undefined;
      if (smaller === undefined) return stopOfBudget(scope, step) ?? stopOfFailure(failure);
      window = smaller;
      continue;
    }
    messages.push({ role: "assistant", parts: answer.parts });
    const calls = answer.parts.filter((part): part is CallPart => part.type === "call");
    const reaction = trouble.afterAnswer({ calls, stop: answer.stop, words: wordsOf(answer.parts) });
    if (reaction.kind === "stopped") return reaction;
    if (reaction.kind === "say") {
      const voids = calls.map(notRun);
      messages.push({ role: "user", parts: [...voids, { type: "text", text: reaction.text }] });
      continue;
    }
    const ran = await runCalls(calls, { tools, scope, trouble, room });
    if (ran.kind === "finished") {
      leaveOpen(conversation, ran.call, ran.results);
      return { kind: "finished", tool: ran.call.name, value: ran.value };
    }
    if (ran.kind !== "results") return ran;
    messages.push({ role: "user", parts: ran.results });
  }
}

function wordsOf(parts: AssistantMessage["parts"]): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}
