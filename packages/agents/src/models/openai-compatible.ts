import { NO_TOKENS, type Tokens } from "@aicd/core";
import type OpenAI from "openai";
import type { ChatCompletionChunk, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { ConnectionOptions } from "./anthropic.ts";
import { toCall } from "./arguments.ts";
import { toFailure } from "./failure.ts";
import type { AssistantMessage, Message, Model, ModelEvent, ModelRequest, StopReason } from "./model.ts";
import { connectOpenAi } from "./openai.ts";
import { newPulse, STALL_MS, watch, within } from "./watch.ts";
import { chatChunks, isWhole } from "./whole.ts";

/** Servers that speak OpenAI's Chat Completions: vLLM, Ollama, OpenRouter and their like. */
export function openaiCompatible(options: ConnectionOptions): Model {
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
      const answer = caller.chat.completions.create(toParams(options, request), { signal });
      const { data, response } = await within(answer.withResponse(), stallMs);
      const source = isWhole(response) ? chatChunks(response) : data;
      yield* read(watch(source, { stallMs, abort, pulse }), options.model);
    } catch (thrown) {
      // The port promises events, never exceptions: vendors' errors end here.
      yield { type: "failure", failure: toFailure(thrown, request.signal) };
    } finally {
      abort();
    }
  }

  const contextTokens = options.contextTokens ?? 128_000;
  return { provider: "openai-compatible", name: options.model, contextTokens, stream };
}

function toParams(
  { model, effort }: ConnectionOptions,
  request: ModelRequest,
): OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming {
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: request.maxTokens,
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    tools: request.tools.map((tool) => ({
      type: "function",
      function: { name: tool.name, description: tool.description, parameters: tool.inputSchema },
    })),
    messages: [{ role: "system", content: request.system }, ...request.messages.flatMap(toParam)],
  };
}

function toParam(message: Message): ChatCompletionMessageParam[] {
  if (message.role === "assistant") return [toAssistantParam(message)];
  const params: ChatCompletionMessageParam[] = [];
  // Results must directly follow the calls they answer; words of ours come after them.
  for (const part of message.parts) {
    if (part.type === "result") {
      params.push({ role: "tool", tool_call_id: part.callId, content: part.content });
    }
  }
  for (const part of message.parts) {
    if (part.type === "text") params.push({ role: "user", content: part.text });
  }
  return params;
}

function toAssistantParam(message: AssistantMessage): ChatCompletionMessageParam {
  const text = message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  const calls = message.parts.flatMap((part) => (part.type === "call" ? [part] : []));
  if (calls.length === 0) return { role: "assistant", content: text };
  return {
    role: "assistant",
    content: text === "" ? null : text,
    tool_calls: calls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: JSON.stringify(call.input) },
    })),
  };
}

const STOPS: Record<string, StopReason> = {
  stop: "end",
  tool_calls: "calls",
  function_call: "calls",
  length: "length",
  max_tokens: "length",
  model_length: "length",
  content_filter: "refusal",
};

type Loose = {
  delta?: {
    content?: string | null;
    tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: unknown } }[];
  };
  finish_reason?: string | null;
};

/** Arguments are text by the format, an object from some. */
function textOf(json: unknown): string {
  if (json === undefined || json === null) return "";
  return typeof json === "string" ? json : JSON.stringify(json);
}

async function* read(source: AsyncIterable<ChatCompletionChunk>, model: string): AsyncGenerator<ModelEvent> {
  const calls = new Map<string | number, { id: string; name: string; json: string }>();
  let tokens: Tokens = NO_TOKENS;
  let finish: string | null = null;
  try {
    for await (const chunk of source) {
      if (chunk.usage != null) tokens = toTokens(chunk.usage);
      // What the format promises and small servers leave out.
      const choice: Loose | undefined = chunk.choices?.[0];
      if (choice === undefined) continue;
      if (choice.delta?.content) yield { type: "text", text: choice.delta.content };
      for (const delta of choice.delta?.tool_calls ?? []) {
        const key = delta.index ?? delta.id ?? Math.max(0, calls.size - 1);
        const call = calls.get(key) ?? { id: "", name: "", json: "" };
        call.id ||= delta.id ?? "";
        call.name ||= delta.function?.name ?? "";
        call.json += textOf(delta.function?.arguments);
        calls.set(key, call);
      }
      finish = choice.finish_reason ?? finish;
    }
  } catch (thrown) {
    // What was produced until the stream broke is billed, so it is counted.
    yield { type: "usage", provider: "openai-compatible", model, tokens };
    throw thrown;
  }
  yield { type: "usage", provider: "openai-compatible", model, tokens };
  if (finish === null || finish === "error") {
    yield { type: "failure", failure: { kind: "cut", message: "The answer ended in the middle." } };
    return;
  }
  const reason = STOPS[finish] ?? "end";
  for (const [index, call] of calls) yield toCall(call.id || `call-${index}`, call.name, call.json);
  // Some servers say `stop` although they call tools.
  yield { type: "stop", reason: calls.size > 0 && reason === "end" ? "calls" : reason };
}

function toTokens(usage: OpenAI.CompletionUsage): Tokens {
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    input: Math.max(0, usage.prompt_tokens - cacheRead),
    output: usage.completion_tokens,
    cacheRead,
    cacheWrite: 0,
  };
}
