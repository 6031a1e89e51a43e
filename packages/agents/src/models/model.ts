import type { Tokens } from "@aicd/core";

/** A tool as a model sees it; `inputSchema` is a JSON Schema of type object. */
export type ToolSpec = { name: string; description: string; inputSchema: Record<string, unknown> };

export type TextPart = { type: "text"; text: string };
/** `malformed` holds the raw arguments when they were not a JSON object; `input` is then empty. */
export type CallPart = {
  type: "call";
  id: string;
  name: string;
  input: Record<string, unknown>;
  malformed?: string;
};
/** What only the vendor reads (thinking blocks, reasoning items) but wants back unchanged. */
export type OpaquePart = { type: "opaque"; provider: string; value: unknown };
export type ResultPart = { type: "result"; callId: string; content: string; isError: boolean };

export type UserMessage = { role: "user"; parts: (TextPart | ResultPart)[] };
export type AssistantMessage = { role: "assistant"; parts: (TextPart | CallPart | OpaquePart)[] };
export type Message = UserMessage | AssistantMessage;

export type ModelRequest = {
  /** The same bytes in every call of a conversation, so that vendors can cache the prefix. */
  system: string;
  messages: Message[];
  tools: ToolSpec[];
  maxTokens: number;
  /** Nothing goes on from it, so that keeping it for a next call would be paid for in vain. */
  isLast?: boolean;
  signal: AbortSignal;
};

/** `end` finished speaking, `calls` waits for tools, `length` cut at maxTokens, `refusal` will not answer. */
export type StopReason = "end" | "calls" | "length" | "refusal";

/**
 * - `limited`: asked to slow down; `retryAfterMs` when the vendor said how long
 * - `overloaded`, `unavailable`, `timeout`, `cut`: may pass by themselves
 * - `exhausted`: out of money or quota; waiting does not help
 * - `context`: the conversation is larger than the model takes
 * - `endless`: the answer did not stop; another would cost as much
 * - `rejected`: the request or the key is not accepted; the same again would fail the same
 * - `aborted`: our own signal
 */
export type ModelFailure = {
  kind:
    | "limited"
    | "overloaded"
    | "unavailable"
    | "timeout"
    | "cut"
    | "exhausted"
    | "context"
    | "endless"
    | "rejected"
    | "aborted";
  message: string;
  retryAfterMs?: number;
};

export type ModelEvent =
  | TextPart
  | CallPart
  | OpaquePart
  | { type: "usage"; provider: string; model: string; tokens: Tokens }
  | { type: "stop"; reason: StopReason }
  | { type: "failure"; failure: ModelFailure }
  /** The answer so far is void and is given again, after `delayMs`, by `model`. Its usage stays spent. */
  | { type: "restart"; failure: ModelFailure; delayMs: number; model: string };

/**
 * One model of one vendor. `stream` never throws: what goes wrong arrives as a `failure` event, which
 * is then the last one; an answer ends with `stop`.
 */
export interface Model {
  readonly provider: string;
  readonly name: string;
  /** Tokens of input the model takes. */
  readonly contextTokens: number;
  stream(request: ModelRequest): AsyncIterable<ModelEvent>;
}
