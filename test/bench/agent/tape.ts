import { readFile } from "node:fs/promises";
import { type ChatCompletionRequest, LLMock } from "@copilotkit/aimock";
import { z } from "zod";
import { AicdError } from "../../../packages/core/src/index.ts";
import { createMeter } from "./meter.ts";
import { startTap } from "./tap.ts";
import { usageOf, writeTokens } from "./tokens.ts";

const Tokens = z.object({
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
});

export const Answer = z.object({
  /** Opening words of the system prompt: who was asked. */
  to: z.string().min(1),
  /** Answers given before in the same conversation. */
  turn: z.number().int().min(0),
  content: z.string(),
  toolCalls: z.array(
    z.object({ id: z.string(), name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
  ),
  /** As its vendor counted them. A replay counts the input anew, from what is sent then. */
  tokens: Tokens,
});
export type Answer = z.infer<typeof Answer>;

/** All answers of one run of a task, in order, whatever the wire format they came in. */
export const Recording = z.object({
  /** Where the answers come from, for people. */
  about: z.string().optional(),
  model: z.string().min(1),
  answers: z.array(Answer).min(1),
});
export type Recording = z.infer<typeof Recording>;

export async function readRecording(path: string): Promise<Recording> {
  try {
    return Recording.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new AicdError("invalid", `${path} is no recording: ${cause}`, { cause });
  }
}

export type Tape = {
  /** Base URL for Anthropic clients; OpenAI clients use it with `/v1`. */
  url: string;
  /**
   * What did not go as recorded, in one sentence. Answers left over are a problem only when the work came
   * to its end: a budget or a person may stop it before.
   */
  problem(cameToEnd: boolean): string | undefined;
  stop(): Promise<void>;
};

/** Characters of a streamed piece. */
const CHUNK = 200;
const OPENING = 80;

/**
 * Replays a recording over HTTP in the wire formats of Anthropic and OpenAI. Only the next answer is
 * ever given, and only to the role and turn it was given to; any other request gets a 404 and is told of.
 * Input is counted from the requests as they come, so that what an agent sends is what it is billed for.
 */
export async function startTape({ answers }: Recording): Promise<Tape> {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent", chunkSize: CHUNK });
  let at = 0;
  let given: Answer | undefined;
  const meter = createMeter();
  let input = meter.input({});
  mock.addFixture({
    match: { predicate: (request) => fits(answers[at], request) },
    response() {
      given = answers[at];
      at += 1;
      const calls = given?.toolCalls ?? [];
      return {
        content: given?.content ?? "",
        toolCalls: calls.map((call) => ({ ...call, arguments: JSON.stringify(call.arguments) })),
        usage: { input_tokens: 1, output_tokens: 1, prompt_tokens: 1, completion_tokens: 1 },
      };
    },
  });
  await mock.start();
  const tap = await startTap({
    target: mock.url,
    onRequest(body) {
      given = undefined;
      input = meter.input(body);
    },
    onEvent(event) {
      const usage = usageOf(event);
      if (usage !== undefined && given !== undefined) {
        writeTokens(usage, { ...input, output: given.tokens.output });
      }
    },
    onEnd: () => undefined,
  });
  return {
    url: tap.url,
    problem(cameToEnd) {
      const odd = mock.journal
        .getAll()
        .find(({ method, response }) => method === "POST" && !response.fixture);
      if (odd !== undefined)
        return `${describe(odd.body)} was asked, ${expected(answers[at])} is recorded next.`;
      if (cameToEnd && at < answers.length)
        return `${answers.length - at} recorded answers were not asked for, first ${expected(answers[at])}.`;
      return undefined;
    },
    async stop() {
      await tap.stop();
      await mock.stop();
    },
  };
}

function fits(answer: Answer | undefined, request: ChatCompletionRequest): boolean {
  return answer !== undefined && systemOf(request).startsWith(answer.to) && turnOf(request) === answer.turn;
}

function describe(body: unknown): string {
  const request = body as ChatCompletionRequest;
  return `Answer ${turnOf(request) + 1} to "${systemOf(request).slice(0, OPENING)}"`;
}

function expected(answer: Answer | undefined): string {
  return answer === undefined ? "nothing" : `answer ${answer.turn + 1} to "${answer.to}"`;
}

export function systemOf({ messages }: ChatCompletionRequest): string {
  return messages
    .filter(({ role }) => role === "system")
    .map(({ content }) =>
      typeof content === "string" ? content : (content ?? []).map(({ text }) => text).join(""),
    )
    .join("\n");
}

/** Consecutive messages of the assistant are one answer: some wire formats split text and calls. */
export function turnOf({ messages }: ChatCompletionRequest): number {
  return messages.filter(
    ({ role }, index) => role === "assistant" && messages[index - 1]?.role !== "assistant",
  ).length;
}
