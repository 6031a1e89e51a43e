import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { loop } from "./loop.ts";
import { anthropic } from "./models/anthropic.ts";
import { openai } from "./models/openai.ts";
import { openaiCompatible } from "./models/openai-compatible.ts";
import { resilient } from "./models/resilient.ts";
import { data } from "./prompts/data.ts";
import { createScope } from "./testing/scope.ts";
import { VENDORS, type Vendor } from "./testing/vendor.ts";
import { read } from "./tools/read.ts";
import { run } from "./tools/run.ts";
import { defineTool } from "./tools/tool.ts";

const CONNECT = { anthropic, openai, "openai-compatible": openaiCompatible };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const finish = defineTool({
  name: "finish",
  description: "Ends the work.",
  input: z.object({}),
  readOnly: false,
  run: async () => ({ kind: "finish", value: true }),
});

type Call = [name: string, input: Record<string, unknown>];
type Asked = { prompt: number; max: number; refused: boolean; text: string };

/** A server with a window of its own, which counts a token for four characters and refuses in its own words. */
async function startServer(input: {
  windowTokens: number;
  mostOutput?: number;
  calls: Call[];
  refuse: (asked: { prompt: number; max: number; windowTokens: number }) => string;
}): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const left = [...input.calls];
  const server = createServer(async (request, response) => {
    const text = await bodyOf(request);
    const body = JSON.parse(text) as Record<string, number>;
    const max = body.max_tokens ?? body.max_output_tokens ?? 0;
    const prompt = Math.ceil(text.length / 4);
    const refused = prompt + max > input.windowTokens || max > (input.mostOutput ?? max);
    asked.push({ prompt, max, refused, text });
    const message = input.refuse({ prompt, max, windowTokens: input.windowTokens });
    const answer = refused ? { error: { type: "invalid_request_error", message } } : answerOf(request, left);
    response.writeHead(refused ? 400 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

let ids = 0;
function answerOf(request: IncomingMessage, left: Call[]): object {
  const [name, input] = left.shift() ?? ["finish", {}];
  ids += 1;
  const [id, args] = [`c${ids}`, JSON.stringify(input)];
  if (request.url?.includes("messages")) {
    const content = [{ type: "tool_use", id, name, input }];
    const usage = { input_tokens: 10, output_tokens: 5 };
    return { role: "assistant", content, stop_reason: "tool_use", usage };
  }
  if (request.url?.includes("responses")) {
    const output = [{ type: "function_call", call_id: id, name, arguments: args }];
    return { status: "completed", output, usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 } };
  }
  const tool_calls = [{ id, type: "function", function: { name, arguments: args } }];
  const choices = [{ index: 0, finish_reason: "tool_calls", message: { role: "assistant", tool_calls } }];
  return { choices, usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } };
}

const VLLM = ({ prompt, max, windowTokens }: { prompt: number; max: number; windowTokens: number }) =>
  `This model's maximum context length is ${windowTokens} tokens. However, you requested ${prompt + max} tokens (${prompt} in the messages, ${max} in the completion). Please reduce the length of the messages or completion.`;
const REFUSALS = {
  anthropic: ({ prompt, max, windowTokens }: { prompt: number; max: number; windowTokens: number }) =>
    `input length and \`max_tokens\` exceed context limit: ${prompt} + ${max} > ${windowTokens}, decrease input length or \`max_tokens\` and try again`,
  openai: () =>
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
  "openai-compatible": VLLM,
};

const PLAN = "THE PLAN: mend the sum";
const FINDING = "THE OPEN FINDING: zero is not handled";
const FAILURE = "AssertionError: THE LAST FAILURE";
const PROMPT = [data("issue", "It is broken."), data("plan", PLAN), data("findings", FINDING)].join("\n\n");

function work(vendor: Vendor, url: string, prompt = PROMPT) {
  const files = Object.fromEntries(
    Array.from({ length: 14 }, (_, n) => [`f${n}`, `${n} ${"some words of code; ".repeat(40)}\n`.repeat(15)]),
  );
  const scope = createScope(files);
  scope.workspace.run = async () => ({ exitCode: 1, output: FAILURE, durationMs: 1, timedOut: false });
  const baseURL = vendor === "anthropic" ? url : `${url}/v1`;
  const model = CONNECT[vendor]({ baseURL, apiKey: "k", model: "own" });
  return loop(
    { model: resilient({ model }), system: "Work.", prompt, tools: [read, run, finish] },
    scope,
  ).then((end) => ({ end, scope }));
}

const reads = (from: number, to: number): Call[] =>
  Array.from({ length: to - from }, (_, n) => ["read", { path: `f${from + n}` }]);

describe.each(VENDORS)("a server with a small window, by %s", (vendor) => {
  it("gets shorter requests once it refuses, and the work goes on with plan, findings and last failure", async () => {
    const { url, asked } = await startServer({
      windowTokens: 32_768,
      calls: [...reads(0, 2), ["run", { command: "npm test" }], ...reads(2, 14)],
      refuse: REFUSALS[vendor],
    });

    const { end } = await work(vendor, url);

    expect(end).toMatchObject({ kind: "finished" });
    expect(asked.some(({ refused }) => refused)).toBe(true);
    // A lesson learned once is not forgotten at every step.
    expect(asked.filter(({ refused }) => refused).length).toBeLessThanOrEqual(3);
    const last = asked.at(-1)?.text ?? "";
    for (const kept of [PLAN, FINDING, FAILURE]) expect(last).toContain(kept);
  });

  it("works even in 8,000 tokens with a prompt that is larger than that", async () => {
    const { url, asked } = await startServer({
      windowTokens: 8_000,
      calls: reads(0, 8),
      refuse: REFUSALS[vendor],
    });
    const diff = data("diff", `+ HEAD OF THE DIFF\n${"+ line of the diff\n".repeat(5_000)}`);

    const { end } = await work(vendor, url, `${PROMPT}\n\n${diff}\n\nReview it.`);

    expect(end).toMatchObject({ kind: "finished" });
    const last = asked.at(-1)?.text ?? "";
    for (const kept of [PLAN, FINDING, "HEAD OF THE DIFF", "Review it."]) expect(last).toContain(kept);
    const [, mark] = /name=\\"diff\\" mark=\\"(\w+)\\"/.exec(last) ?? [];
    expect(last).toContain(`</data mark=\\"${mark}\\">`);
  });

  it("is asked for shorter answers when it allows no longer ones", async () => {
    const { url, asked } = await startServer({
      windowTokens: 1_000_000,
      mostOutput: 4_096,
      calls: [],
      refuse: ({ max }) =>
        vendor === "anthropic"
          ? `max_tokens: ${max} > 4096, which is the maximum allowed number of output tokens for this model`
          : `max_tokens is too large: ${max}. This model supports at most 4096 completion tokens, whereas you provided ${max}.`,
    });

    const { end } = await work(vendor, url);

    expect(end).toMatchObject({ kind: "finished" });
    expect(asked.map(({ max }) => max)).toEqual([16_000, 4_096]);
  });

  it("ends in a stated reason when nothing is short enough", async () => {
    const { url, asked } = await startServer({ windowTokens: 10, calls: [], refuse: REFUSALS[vendor] });

    const { end } = await work(vendor, url);

    expect(end).toMatchObject({ kind: "stopped", reason: "model_misbehaved" });
    expect(asked.length).toBeLessThan(20);
  });
});

it.each([
  "the request exceeds the available context size (4096 tokens), try increasing it",
  "Trying to keep the first 6000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
  "This endpoint's maximum context length is 4096 tokens. However, you requested about 20000 tokens",
  "Requested token count exceeds the model's maximum context length of 4,096 tokens.",
  "Please reduce the length of the messages or completion.",
])("understands a server that says: %s", async (message) => {
  const { url } = await startServer({ windowTokens: 4_096, calls: reads(0, 3), refuse: () => message });

  expect((await work("openai-compatible", url)).end).toMatchObject({ kind: "finished" });
});
