import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { ModelEvent, ModelRequest } from "./model.ts";
import { openaiEither } from "./openai-either.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const request: ModelRequest = {
  system: "You help.",
  messages: [{ role: "user", parts: [{ type: "text", text: "Hello" }] }],
  tools: [],
  maxTokens: 500,
  signal: new AbortController().signal,
};

/** A server with Chat Completions only; what else it is asked it answers with `refusal`. */
async function startChatServer(refusal: { status: number; message: string }) {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    asked.push(incoming.url ?? "");
    incoming.resume();
    if (incoming.url !== "/v1/chat/completions") {
      response.writeHead(refusal.status, { "content-type": "application/json" });
      return response.end(JSON.stringify({ error: { message: refusal.message } }));
    }
    const chunk = { id: "1", object: "chat.completion.chunk", created: 1, model: "m" };
    const words = { ...chunk, choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] };
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`data: ${JSON.stringify(words)}\n\ndata: [DONE]\n\n`);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const model = openaiEither({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "k", model: "m" });
  return { asked, model };
}

async function listen(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const all: ModelEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("OpenAI at an unknown address", () => {
  it.each([
    { status: 404, message: "Not Found" },
    { status: 405, message: "Method Not Allowed" },
    { status: 501, message: "no such route" },
    { status: 400, message: "unknown endpoint /v1/responses" },
  ])("goes on by Chat Completions, for good, after $status", async (refusal) => {
    const { asked, model } = await startChatServer(refusal);

    const first = await listen(model.stream(request));
    await listen(model.stream(request));

    expect(first).toContainEqual({ type: "text", text: "Hi" });
    expect(first.at(-1)).toEqual({ type: "stop", reason: "end" });
    expect(asked).toEqual(["/v1/responses", "/v1/chat/completions", "/v1/chat/completions"]);
  });

  it("takes a refusal of the request itself for what it is", async () => {
    const { asked, model } = await startChatServer({ status: 401, message: "bad key" });

    const events = await listen(model.stream(request));

    expect(events).toMatchObject([{ type: "failure", failure: { kind: "rejected" } }]);
    expect(asked).toEqual(["/v1/responses"]);
  });
});
