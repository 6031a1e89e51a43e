import type { ConnectionOptions } from "./anthropic.ts";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";
import { openai } from "./openai.ts";
import { openaiCompatible } from "./openai-compatible.ts";

/** How servers say that they have no Responses API; OpenAI itself says 404 of a model it does not know. */
const ABSENT =
  /^(?:404|405|501)\b|^A web page|^400\b.*(?:unknown|unsupported|not supported|not found|invalid url)/is;

/**
 * OpenAI by the Responses API, or by Chat Completions where the address turns out to have only that.
 * The first answer decides for good, so a conversation never changes its wire format.
 */
export function openaiEither(options: ConnectionOptions): Model {
  const responses = openai(options);
  const chat = openaiCompatible(options);
  let chosen: Model | undefined;

  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    if (chosen === chat) return yield* chat.stream(request);
    for await (const event of responses.stream(request)) {
      const absent = event.type === "failure" && ABSENT.test(event.failure.message);
      if (absent && chosen === undefined) {
        chosen = chat;
        return yield* chat.stream(request);
      }
      if (event.type !== "failure") chosen = responses;
      yield event;
    }
  }

  return { ...responses, stream };
}
