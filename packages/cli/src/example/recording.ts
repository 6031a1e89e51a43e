import { readFile } from "node:fs/promises";
import { type ChatCompletionRequest, type Fixture, LLMock } from "@copilotkit/aimock";
import { z } from "zod";
import { example } from "./example.ts";

const Recorded = z.object({
  fixtures: z.array(
    z.object({
      /** The role by its system prompt, and either the first words to it or the call it is answered after. */
      match: z.object({
        systemMessage: z.string(),
        userMessage: z.string().optional(),
        toolCallId: z.string().optional(),
      }),
      response: z.object({
        content: z.string(),
        toolCalls: z.array(
          z.object({ id: z.string(), name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
        ),
        usage: z.object({ input_tokens: z.number(), output_tokens: z.number() }),
      }),
    }),
  ),
});
type Recorded = z.infer<typeof Recorded>["fixtures"][number];

export type Recording = {
  /** Base URL for Anthropic clients; OpenAI clients use it with `/v1`. */
  url: string;
  stop(): Promise<void>;
  /** First words of each request that nothing in the recording answers; such a request got a 404. */
  unmatched(): string[];
};

/** Characters per streamed piece and the pause between pieces: quick, but visibly a stream. */
const CHUNK = 60;
const PAUSE_MS = 1;
/** How a review stands in what the engineer is told. */
const REVIEW = '<data name="review"';

/** Replays a recording over HTTP, in the wire formats of Anthropic and OpenAI, streamed. */
export async function startRecording(
  options: {
    port?: number;
    fixturesPath?: string;
    /** Another recording, whose answers come first where both have one. */
    before?: string;
  } = {},
): Promise<Recording> {
  const { port = 0, fixturesPath = example.fixturesPath, before } = options;
  const read = async (path: string) => Recorded.parse(JSON.parse(await readFile(path, "utf8"))).fixtures;
  const fixtures = [...(before === undefined ? [] : await read(before)), ...(await read(fixturesPath))];
  const mock = new LLMock({
    port,
    host: "127.0.0.1",
    logLevel: "silent",
    chunkSize: CHUNK,
    latency: PAUSE_MS,
  });
  for (const fixture of fixtures) mock.addFixture(toFixture(fixture));
  await mock.start();
  return {
    url: mock.url,
    stop: () => mock.stop(),
    unmatched: () =>
      mock.journal.getAll().flatMap(({ method, response, body }) => {
        if (method !== "POST" || (response.fixture !== null && response.fixture !== undefined)) return [];
        return [`${response.status}: ${JSON.stringify(body).slice(0, 300)}`];
      }),
  };
}

function toFixture({ match, response }: Recorded): Fixture {
  return {
    match: {
      systemMessage: match.systemMessage,
      ...(match.userMessage === undefined
        ? { toolCallId: match.toolCallId ?? "" }
        : firstWords(match.userMessage)),
    },
    response: (request) => ({
      content: response.content,
      toolCalls: response.toolCalls.map(({ id, name, arguments: values }) => ({
        id,
        name,
        arguments: JSON.stringify(withCommentIds(values, request)),
      })),
      usage: response.usage,
    }),
  };
}

/** What opens the work: the first words of a conversation, or a review that one goes on with. */
function firstWords(words: string): Fixture["match"] {
  return {
    predicate: ({ messages }) => {
      const last = messages.at(-1);
      if (last?.role === "tool") return wordsOf(last).includes(REVIEW) && wordsOf(last).includes(words);
      const isFirst = !messages.some(({ role }) => role === "assistant");
      return (
        isFirst && messages.some((message) => message.role === "user" && wordsOf(message).includes(words))
      );
    },
  };
}

/** `{{comment:1}}` is the id of the first review comment; GitHub gives ids out only when the review is made. */
function withCommentIds(value: unknown, request: ChatCompletionRequest): unknown {
  const told = request.messages.map((message) => [...wordsOf(message).matchAll(/^comment (\d+) by @/gm)]);
  // A conversation may have had a review before: the last one is answered.
  const ids = (told.findLast((found) => found.length > 0) ?? []).map(([, id]) => Number(id));
  const fill = (part: unknown): unknown => {
    if (typeof part === "string") {
      const place = /^\{\{comment:(\d+)\}\}$/.exec(part);
      return place === null ? part : ids[Number(place[1]) - 1];
    }
    if (Array.isArray(part)) return part.map(fill);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, fill(inner)]));
  };
  return fill(value);
}

function wordsOf({ content }: ChatCompletionRequest["messages"][number]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("\n");
}
