import type Anthropic from "@anthropic-ai/sdk";
import type OpenAI from "openai";
import type { Responses } from "openai/resources/responses/responses";
import { ANSWER_BYTES, EndlessAnswer } from "./watch.ts";

/**
 * Small servers of people's own often answer in one piece although a stream was asked for. Their answers
 * are turned into the events a stream would have had, so that there is one way to read them.
 */
export function isWhole(response: Response): boolean {
  const type = response.headers.get("content-type") ?? "";
  if (/\bhtml\b/i.test(type)) {
    throw refusal(404, "A web page was there instead of a model; check the base URL.");
  }
  return /\bjson\b/i.test(type);
}

/** The body as JSON; an error that came with a success's status is thrown like any other. */
async function bodyOf<T>(response: Response): Promise<T> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES) throw new EndlessAnswer();
    chunks.push(chunk);
  }
  const body = JSON.parse(Buffer.concat(chunks).toString()) as T & { error?: VendorError | null };
  const { error } = body;
  if (error === undefined || error === null) return body;
  const { code, type = "", message = "The server names no reason." } = error;
  throw refusal(typeof code === "number" ? code : undefined, `${type} ${message}`.trim());
}

type VendorError = { code?: unknown; type?: string; message?: string };

function refusal(status: number | undefined, message: string): Error {
  return Object.assign(new Error(message), status === undefined ? {} : { status });
}

const NOT_ONE = "is not in the format that was asked for; check the provider and the base URL.";

export async function* anthropicEvents(response: Response): AsyncGenerator<Anthropic.RawMessageStreamEvent> {
  const message = await bodyOf<Anthropic.Message>(response);
  if (!Array.isArray(message.content)) throw new Error(`The answer ${NOT_ONE}`);
  yield { type: "message_start", message: { ...message, content: [] } };
  for (const [index, block] of message.content.entries()) {
    yield { type: "content_block_start", index, content_block: block };
    yield { type: "content_block_stop", index };
  }
  yield {
    type: "message_delta",
    delta: message,
    usage: message.usage ?? {},
  } as unknown as Anthropic.RawMessageDeltaEvent;
  yield { type: "message_stop" };
}

export async function* responsesEvents(response: Response): AsyncGenerator<Responses.ResponseStreamEvent> {
  const answer = await bodyOf<Responses.Response>(response);
  const event = (value: object) => value as Responses.ResponseStreamEvent;
  if (!Array.isArray(answer.output)) throw new Error(`The answer ${NOT_ONE}`);
  for (const item of answer.output) {
    for (const part of item.type === "message" ? item.content : []) {
      if (part.type === "output_text") yield event({ type: "response.output_text.delta", delta: part.text });
      if (part.type === "refusal") yield event({ type: "response.refusal.done", refusal: part.refusal });
    }
    yield event({ type: "response.output_item.done", item });
  }
  yield event({ type: `response.${answer.status ?? "completed"}`, response: answer });
}

export async function* chatChunks(
  response: Response,
): AsyncGenerator<OpenAI.Chat.Completions.ChatCompletionChunk> {
  const { choices, ...rest } = await bodyOf<OpenAI.ChatCompletion>(response);
  if (!Array.isArray(choices)) throw new Error(`The answer ${NOT_ONE}`);
  const parts = choices.map(({ message, finish_reason, index }) => {
    const calls = message.tool_calls?.map((call, at) => ({ index: at, ...call }));
    const delta = { content: message.content, ...(calls === undefined ? {} : { tool_calls: calls }) };
    return { index, finish_reason, delta };
  });
  yield { ...rest, choices: parts } as unknown as OpenAI.Chat.Completions.ChatCompletionChunk;
}
