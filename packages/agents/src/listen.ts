import { type AgentProgress, LIST_PRICES } from "@aicd/core";
import type {
  AssistantMessage,
  CallPart,
  Model,
  ModelFailure,
  ModelRequest,
  StopReason,
} from "./models/model.ts";

export type Answer = { kind: "answer"; parts: AssistantMessage["parts"]; stop: StopReason };
export type Failed = { kind: "failed"; failure: ModelFailure };

/** No tokenizer makes more of a token than this; a longer answer ignores the limit it was given. */
const CHARACTERS_PER_TOKEN_AT_MOST = 16;
const KEPT_CHARACTERS = 2_000;

/**
 * One answer of the model, gathered; usage is reported as it comes. What is odd in it is mended so far
 * that vendors take it back as part of the conversation.
 *
 * @param ids of all calls so far; grows
 */
export async function listen(
  model: Model,
  request: ModelRequest,
  { report, ids }: { report: (progress: AgentProgress) => void; ids: Set<string> },
): Promise<Answer | Failed> {
  let parts: Answer["parts"] = [];
  for await (const event of model.stream(request)) {
    if (event.type === "text") {
      const last = parts.at(-1);
      if (last?.type === "text") last.text += event.text;
      else parts.push({ type: "text", text: event.text });
    }
    if (event.type === "call" || event.type === "opaque") parts.push(event);
    if (event.type === "usage") {
      report({ ...event, microUsd: LIST_PRICES.priceTokens(event.model, event.tokens) });
    }
    if (event.type === "restart") {
      parts = [];
      const text = `The model did not answer (${event.failure.kind}); trying ${event.model} again.`;
      report({ type: "note", text });
    }
    if (event.type === "failure") return { kind: "failed", failure: event.failure };
    if (event.type === "stop") {
      const stop = isEndless(parts, request.maxTokens) ? "length" : event.reason;
      if (stop !== event.reason) parts = beginningOf(parts);
      parts = acceptable(parts, ids);
      for (const part of parts) if (part.type === "text") report(part);
      return { kind: "answer", parts, stop };
    }
  }
  return { kind: "failed", failure: { kind: "cut", message: "The answer had no end." } };
}

function isEndless(parts: Answer["parts"], maxTokens: number): boolean {
  const characters = parts.reduce((sum, part) => {
    if (part.type === "opaque") return sum;
    return sum + (part.type === "text" ? part.text : JSON.stringify(part.input)).length;
  }, 0);
  return characters > maxTokens * CHARACTERS_PER_TOKEN_AT_MOST;
}

function beginningOf(parts: Answer["parts"]): Answer["parts"] {
  return parts.flatMap((part) =>
    part.type === "text" ? [{ ...part, text: part.text.slice(0, KEPT_CHARACTERS) }] : [],
  );
}

/** Vendors refuse a history with blank text, with nothing but reasoning, with odd names and with doubled ids. */
function acceptable(parts: Answer["parts"], ids: Set<string>): Answer["parts"] {
  const kept: Answer["parts"] = parts
    .filter((part) => part.type !== "text" || part.text.trim() !== "")
    .map((part) => (part.type === "call" ? named(part, ids) : part));
  if (!kept.some((part) => part.type !== "opaque")) kept.push({ type: "text", text: "(empty answer)" });
  return kept;
}

function named(call: CallPart, ids: Set<string>): CallPart {
  const name = call.name.replace(/[^\w-]/g, "_").slice(0, 64) || "unnamed";
  let id = call.id;
  for (let n = 1; id === "" || ids.has(id); n++) id = `${call.id || "call"}_${n}`;
  ids.add(id);
  return { ...call, id, name };
}
