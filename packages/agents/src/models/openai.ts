import { NO_TOKENS, type Tokens } from "@aicd/core";
import type OpenAI from "openai";
import type { Responses } from "openai/resources/responses/responses";
import type { ConnectionOptions } from "./anthropic.ts";
import { toCall } from "./arguments.ts";
import { toFailure } from "./failure.ts";
import type { Message, Model, ModelEvent, ModelFailure, ModelRequest } from "./model.ts";
import { newPulse, STALL_MS, watch, within } from "./watch.ts";
import { isWhole, responsesEvents } from "./whole.ts";

/** OpenAI by the Responses API, stateless: the whole conversation travels, nothing is stored there. */
export function openai(options: ConnectionOptions): Model {
  const stallMs = options.stallMs ?? STALL_MS;
  let client: Promise<OpenAI> | undefined;

  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    const controller = new AbortController();
    const signal = AbortSignal.any([request.signal, controller.signal]);
    const abort = () => controller.abort();
    try {
      client ??= connectOpenAi(options);
      const pulse = newPulse(options.fetch);
      const caller = (await client).withOptions({ fetch: pulse.fetch });
      const answer = caller.responses.create(toParams(options, request), { signal });
      const { data, response } = await within(answer.withResponse(), stallMs);
      const source = isWhole(response) ? responsesEvents(response) : data;
      yield* read(watch(source, { stallMs, abort, pulse }), options.model);
    } catch (thrown) {
      // The port promises events, never exceptions: vendors' errors end here.
      yield { type: "failure", failure: toFailure(thrown, request.signal) };
    } finally {
      abort();
    }
  }

  return { provider: "openai", name: options.model, contextTokens: options.contextTokens ?? 200_000, stream };
}

/** The SDK is loaded at the first call: it costs start-up time. Its own retries are off, ours are one for all. */
export async function connectOpenAi(options: ConnectionOptions): Promise<OpenAI> {
  const { default: Client } = await import(/* webpackMode: "eager" */ "openai");
  return new Client({
    baseURL: options.baseURL,
    apiKey: options.apiKey,
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: "off",
  });
}

const REASONING = /^(?:o\d|gpt-5|codex)/;

function toParams(
  { model, effort }: ConnectionOptions,
  request: ModelRequest,
): Responses.ResponseCreateParamsStreaming {
  return {
    model,
    stream: true,
    store: false,
    // Other models refuse the very question.
    ...(REASONING.test(model) ? { include: ["reasoning.encrypted_content"] } : {}),
    ...(effort === undefined ? {} : { reasoning: { effort } }),
    max_output_tokens: request.maxTokens,
    instructions: request.system,
    parallel_tool_calls: true,
    tools: request.tools.map((tool) => ({
      type: "function",
      name: tool.name,
      description: tool.description,
      parameters: tool.inputSchema,
      // Strict mode forbids optional fields; our own schema check answers the model instead.
      strict: false,
    })),
    input: request.messages.flatMap(toItems),
  };
}

function toItems(message: Message): Responses.ResponseInputItem[] {
  return message.parts.flatMap((part): Responses.ResponseInputItem[] => {
    if (part.type === "text") return [{ role: message.role, content: part.text }];
    if (part.type === "call") {
      const json = JSON.stringify(part.input);
      return [{ type: "function_call", call_id: part.id, name: part.name, arguments: json }];
    }
    if (part.type === "result") {
      return [{ type: "function_call_output", call_id: part.callId, output: part.content }];
    }
    return part.provider === "openai" ? [part.value as Responses.ResponseInputItem] : [];
  });
}

async function* read(
  source: AsyncIterable<Responses.ResponseStreamEvent>,
  model: string,
): AsyncGenerator<ModelEvent> {
  let calls = 0;
  let refused = false;
  for await (const event of source) {
    if (event.type === "response.output_text.delta") yield { type: "text", text: event.delta };
    if (event.type === "response.refusal.done") refused = true;
    if (event.type === "response.output_item.done") {
      const { item } = event;
      if (item.type === "function_call") {
        calls += 1;
        yield toCall(item.call_id, item.name, item.arguments);
      }
      // Without its encrypted content a reasoning item cannot be given back to a stateless server.
      if (item.type === "reasoning" && typeof item.encrypted_content === "string") {
        yield { type: "opaque", provider: "openai", value: item };
      }
    }
    if (event.type === "error") {
      yield { type: "failure", failure: ofCode(event.code ?? "", event.message) };
      return;
    }
    if (
      event.type === "response.completed" ||
      event.type === "response.incomplete" ||
      event.type === "response.failed"
    ) {
      yield { type: "usage", provider: "openai", model, tokens: toTokens(event.response.usage) };
      yield ending(event.response, { calls, refused });
      return;
    }
  }
  yield { type: "failure", failure: { kind: "cut", message: "The answer ended in the middle." } };
}

function ending(response: Responses.Response, seen: { calls: number; refused: boolean }): ModelEvent {
  if (response.status === "failed") {
    const { code = "", message = "The vendor could not finish the answer." } = response.error ?? {};
    return { type: "failure", failure: ofCode(code, message) };
  }
  if (seen.refused || response.incomplete_details?.reason === "content_filter") {
    return { type: "stop", reason: "refusal" };
  }
  if (response.status === "incomplete") return { type: "stop", reason: "length" };
  return { type: "stop", reason: seen.calls > 0 ? "calls" : "end" };
}

function ofCode(code: string, message: string): ModelFailure {
  if (code === "rate_limit_exceeded") return { kind: "limited", message };
  if (code === "insufficient_quota") return { kind: "exhausted", message };
  if (code === "context_length_exceeded") return { kind: "context", message };
  if (code === "server_error" || code === "") return { kind: "unavailable", message };
  return { kind: "rejected", message };
}

function toTokens(usage: Responses.ResponseUsage | null | undefined): Tokens {
  if (usage === undefined || usage === null) return NO_TOKENS;
  const cacheRead = usage.input_tokens_details?.cached_tokens ?? 0;
  const cacheWrite = usage.input_tokens_details?.cache_write_tokens ?? 0;
  return {
    input: Math.max(0, usage.input_tokens - cacheRead - cacheWrite),
    output: usage.output_tokens,
    cacheRead,
    cacheWrite,
  };
}
