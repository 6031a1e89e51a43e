import type Anthropic from "@anthropic-ai/sdk";
import type OpenAI from "openai";
import type { Responses } from "openai/resources/responses/responses";

/**
 * Small servers of people's own often answer in one piece although a stream was asked for. Their answers
 * are turned into the events a stream would have had, so that there is one way to read them.
 */
export function isWhole(response: Response): boolean {
  return /\bjson\b/i.test(response.headers.get("content-type") ?? "");
}

export async function* anthropicEvents(response: Response): AsyncGenerator<Anthropic.RawMessageStreamEvent> {
  const message = (await response.json()) as Anthropic.Message;
  yield { type: "message_start", message: { ...message, content: [] } };
  for (const [index, block] of message.content.entries()) {
    yield { type: "content_block_start", index, content_block: block };
    if (block.type === "text") {
      yield { type: "content_block_delta", index, delta: { type: "text_delta", text: block.text } };
    }
    if (block.type === "tool_use") {
      const partial_json = JSON.stringify(block.input);
      yield { type: "content_block_delta", index, delta: { type: "input_json_delta", partial_json } };
    }
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
  const answer = (await response.json()) as Responses.Response;
  const event = (value: object) => value as Responses.ResponseStreamEvent;
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
  const { choices, ...rest } = (await response.json()) as OpenAI.ChatCompletion;
  const parts = choices.map(({ message, finish_reason, index }) => {
    const calls = message.tool_calls?.map((call, at) => ({ index: at, ...call }));
    const delta = { content: message.content, ...(calls === undefined ? {} : { tool_calls: calls }) };
    return { index, finish_reason, delta };
  });
  yield { ...rest, choices: parts } as unknown as OpenAI.Chat.Completions.ChatCompletionChunk;
}
