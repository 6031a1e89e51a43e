import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { anthropic } from "./anthropic.ts";
import type { Model, ModelEvent } from "./model.ts";
import { openai } from "./openai.ts";
import { openaiCompatible } from "./openai-compatible.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function startServer(answer: object): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(model: Model): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  const messages = [{ role: "user" as const, parts: [{ type: "text" as const, text: "Hello" }] }];
  const signal = new AbortController().signal;
  for await (const event of model.stream({ system: "s", messages, tools: [], maxTokens: 10, signal })) {
    events.push(event);
  }
  return events;
}

const read = { path: "a.ts" };
const WHOLE = [
  {
    vendor: "anthropic",
    connect: anthropic,
    answer: {
      role: "assistant",
      content: [
        { type: "text", text: "Looking." },
        { type: "tool_use", id: "c1", name: "read", input: read },
      ],
      stop_reason: "tool_use",
      usage: { input_tokens: 12, output_tokens: 3 },
    },
  },
  {
    vendor: "openai",
    connect: openai,
    answer: {
      status: "completed",
      output: [
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "Looking." }] },
        { type: "function_call", call_id: "c1", name: "read", arguments: JSON.stringify(read) },
      ],
      usage: { input_tokens: 12, output_tokens: 3, total_tokens: 15 },
    },
  },
  {
    vendor: "openai-compatible",
    connect: openaiCompatible,
    answer: {
      choices: [
        {
          index: 0,
          finish_reason: "tool_calls",
          message: {
            role: "assistant",
            content: "Looking.",
            tool_calls: [
              { id: "c1", type: "function", function: { name: "read", arguments: JSON.stringify(read) } },
            ],
          },
        },
      ],
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    },
  },
];

describe("a server that answers in one piece", () => {
  it.each(WHOLE)("is understood in the wire format of $vendor", async ({ connect, answer }) => {
    const events = await ask(connect({ baseURL: await startServer(answer), apiKey: "k", model: "m" }));

    expect(events).toContainEqual({ type: "text", text: "Looking." });
    expect(events).toContainEqual({ type: "call", id: "c1", name: "read", input: read });
    const tokens = { input: 12, output: 3, cacheRead: 0, cacheWrite: 0 };
    expect(events).toContainEqual(expect.objectContaining({ type: "usage", tokens }));
    expect(events.at(-1)).toEqual({ type: "stop", reason: "calls" });
  });

  it.each(WHOLE)("that says something else fails as a vendor does in $vendor", async ({ connect }) => {
    const events = await ask(connect({ baseURL: await startServer({ hello: 1 }), apiKey: "k", model: "m" }));

    expect(events.at(-1)).toMatchObject({ type: "failure" });
  });
});
