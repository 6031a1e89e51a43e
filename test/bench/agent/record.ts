import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChatCompletionRequest, type Fixture, LLMock } from "@copilotkit/aimock";
import { AicdError, NO_TOKENS, type Tokens } from "../../../packages/core/src/index.ts";
import { startTap } from "./tap.ts";
import { Answer, type Recording, systemOf, turnOf } from "./tape.ts";
import { readTokens, usageOf } from "./tokens.ts";

export type Recorder = {
  /** Base URL for the client in place of the vendor's; for OpenAI with `/v1`. */
  url: string;
  /** What was answered so far. Throws AicdError when an answer could not be kept. */
  recording(model: string): Recording;
  stop(): Promise<void>;
};

const REASONING_MS = 180_000;

/**
 * Passes requests on to a vendor and keeps its answers. Keys travel in headers, which nothing here
 * keeps; ids, times and fingerprints of the vendor's envelope are left out too.
 *
 * @param upstream the vendor's address without `/v1`
 */
export async function startRecorder(vendor: "anthropic" | "openai", upstream: string): Promise<Recorder> {
  const fixturePath = await mkdtemp(join(tmpdir(), "aicd-record-"));
  const mock = new LLMock({
    port: 0,
    host: "127.0.0.1",
    logLevel: "silent",
    record: {
      providers: { [vendor]: upstream },
      fixturePath,
      upstreamTimeoutMs: REASONING_MS,
      bodyTimeoutMs: REASONING_MS,
    },
  });
  await mock.start();
  const answers: Answer[] = [];
  let open: { to: string; turn: number; tokens: Tokens; status: number } | undefined;

  /** The recorder has the answer once its stream has ended; nothing of it may answer a later request. */
  function keep(): void {
    const fixture = mock.getFixtures().at(-1);
    mock.clearFixtures();
    if (open === undefined) return;
    const { status, ...asked } = open;
    open = undefined;
    // What failed is asked again by the agent, and the answer to that is the one to keep.
    if (status !== 200) return;
    if (fixture === undefined)
      throw new AicdError("broken", `Answer ${asked.turn + 1} to "${asked.to}" was not recorded.`);
    const before = answers.at(-1);
    if (before?.to === asked.to && before.turn === asked.turn) answers.pop();
    answers.push(toAnswer(asked, fixture));
  }

  const tap = await startTap({
    target: mock.url,
    onRequest(body) {
      keep();
      open = { ...askedOf(body), tokens: NO_TOKENS, status: 0 };
    },
    onEvent(event) {
      const usage = usageOf(event);
      if (usage !== undefined && open !== undefined) open.tokens = readTokens(open.tokens, usage);
    },
    onEnd(status) {
      if (open !== undefined) open.status = status;
    },
  });
  return {
    url: tap.url,
    recording(model) {
      keep();
      return { model, answers };
    },
    async stop() {
      await tap.stop();
      await mock.stop();
      await rm(fixturePath, { recursive: true, force: true });
    },
  };
}

const Response = Answer.pick({ content: true, toolCalls: true });

function toAnswer(asked: Pick<Answer, "to" | "turn" | "tokens">, { response }: Fixture): Answer {
  const { content = "", toolCalls = [] } = response as {
    content?: string;
    toolCalls?: { id?: string; name: string; arguments: string | object }[];
  };
  const calls = toolCalls.map((call, index) => ({
    id: call.id ?? `call_${asked.turn}_${index}`,
    name: call.name,
    arguments: typeof call.arguments === "string" ? JSON.parse(call.arguments || "{}") : call.arguments,
  }));
  return { ...asked, ...Response.parse({ content, toolCalls: calls }) };
}

/** Who is asked, and how far the conversation is, in the shape of any of the wire formats. */
function askedOf(body: Record<string, unknown>): { to: string; turn: number } {
  const request = toChat(body);
  const [sentence = ""] = /^[^.\n]*\.?/.exec(systemOf(request)) ?? [];
  return { to: sentence, turn: turnOf(request) };
}

type Item = { role?: string; type?: string; content?: unknown };

function toChat(body: Record<string, unknown>): ChatCompletionRequest {
  const system = body.system ?? body.instructions;
  const items = (body.messages ?? body.input ?? []) as Item[];
  const messages = items.map(({ role, type, content }) => ({
    role: role ?? (type === "function_call" || type === "reasoning" ? "assistant" : "tool"),
    content,
  }));
  const first = system === undefined ? [] : [{ role: "system", content: system }];
  return { model: "", messages: [...first, ...messages] } as ChatCompletionRequest;
}
