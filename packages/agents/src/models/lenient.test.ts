import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { anthropic } from "./anthropic.ts";
import type { Model, ModelEvent } from "./model.ts";
import { openai } from "./openai.ts";
import { openaiCompatible } from "./openai-compatible.ts";
import { openaiEither } from "./openai-either.ts";
import { resilient } from "./resilient.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function startServer(answer: (response: ServerResponse, path: string) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => answer(response, request.url ?? ""));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A stream of these events; `end: false` breaks the connection after them. */
function streaming(events: object[], { end = true } = {}) {
  return (response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of events) {
      const name = "type" in event ? `event: ${event.type}\n` : "";
      response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
    }
    if (end) response.end("data: [DONE]\n\n");
    else setTimeout(() => response.destroy(), 30);
  };
}

const plain =
  (text: string, type = "application/json") =>
  (response: ServerResponse) =>
    response.writeHead(200, { "content-type": type }).end(text);

async function ask(model: Model): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  const messages = [{ role: "user" as const, parts: [{ type: "text" as const, text: "Hello ".repeat(60) }] }];
  const signal = new AbortController().signal;
  for await (const event of model.stream({ system: "s", messages, tools: [], maxTokens: 10, signal })) {
    events.push(event);
  }
  return events;
}

const FORMATS = { anthropic, openai, "openai-compatible": openaiCompatible };
type Format = keyof typeof FORMATS;
const connect = (format: Format, baseURL: string, stallMs = 5_000) =>
  FORMATS[format]({ baseURL, apiKey: "k", model: "own", stallMs });

const calls = (events: ModelEvent[]) =>
  events.flatMap((event) => (event.type === "call" ? [[event.name, event.input]] : []));

const chunk = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});
const start = (block: object) => [
  { type: "message_start", message: { role: "assistant", content: [] } },
  { type: "content_block_start", index: 0, content_block: block },
  { type: "content_block_stop", index: 0 },
];
const stop = { type: "message_delta", delta: { stop_reason: "tool_use" } };

describe("servers that take their format lightly", () => {
  it.each([
    [
      "no index of calls",
      "openai-compatible",
      [
        chunk({ tool_calls: [{ id: "a", function: { name: "read", arguments: '{"path":"a"}' } }] }),
        chunk({ tool_calls: [{ id: "b", function: { name: "read", arguments: '{"path":"b"}' } }] }, "stop"),
      ],
      [
        ["read", { path: "a" }],
        ["read", { path: "b" }],
      ],
    ],
    [
      "arguments as an object",
      "openai-compatible",
      [
        chunk(
          { tool_calls: [{ index: 0, id: "a", function: { name: "read", arguments: { path: "a" } } }] },
          "stop",
        ),
      ],
      [["read", { path: "a" }]],
    ],
    [
      "a reason to stop of its own, and chunks without choices",
      "openai-compatible",
      [
        { usage: null },
        chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "read", arguments: "{}" } }] }),
        { choices: [{ index: 0, finish_reason: "eos" }] },
      ],
      [["read", {}]],
    ],
    [
      "the whole call in its first event, and no usage",
      "anthropic",
      [
        ...start({ type: "tool_use", id: "a", name: "read", input: { path: "a" } }),
        stop,
        { type: "message_stop" },
      ],
      [["read", { path: "a" }]],
    ],
    [
      "no last event",
      "anthropic",
      [...start({ type: "tool_use", id: "a", name: "read", input: { path: "a" } }), stop],
      [["read", { path: "a" }]],
    ],
    [
      "no usage",
      "openai",
      [
        {
          type: "response.output_item.done",
          item: { type: "function_call", call_id: "a", name: "read", arguments: "{}" },
        },
        { type: "response.completed", response: { status: "completed", usage: null } },
      ],
      [["read", {}]],
    ],
  ] as const)("are understood with %s, by %s", async (_, format, events, wanted) => {
    const heard = await ask(connect(format, await startServer(streaming([...events]))));

    expect(calls(heard)).toEqual(wanted);
    expect(heard.at(-1)).toEqual({ type: "stop", reason: "calls" });
  });

  it("may put the text into the first event of a block", async () => {
    const url = await startServer(
      streaming([...start({ type: "text", text: "Hello" }), stop, { type: "message_stop" }]),
    );

    expect(await ask(connect("anthropic", url))).toContainEqual({ type: "text", text: "Hello" });
  });
});

describe("an error that calls itself a success", () => {
  it.each(["anthropic", "openai", "openai-compatible"] as const)(
    "is an error all the same, by %s",
    async (format) => {
      const url = await startServer(plain(JSON.stringify({ error: { code: 429, message: "slow down" } })));

      expect((await ask(connect(format, url))).at(-1)).toEqual({
        type: "failure",
        failure: { kind: "limited", message: expect.stringContaining("slow down") },
      });
    },
  );

  it.each(["anthropic", "openai", "openai-compatible"] as const)(
    "a web page is named as such, by %s",
    async (format) => {
      const url = await startServer(plain("<html>Welcome</html>", "text/html"));

      expect(await ask(connect(format, url))).toEqual([
        { type: "failure", failure: { kind: "rejected", message: expect.stringContaining("base URL") } },
      ]);
    },
  );

  it("is also how servers without the Responses API answer", async () => {
    const answer = {
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hi." } }],
    };
    const url = await startServer((response, path) =>
      path.includes("responses")
        ? plain("<html>Welcome</html>", "text/html")(response)
        : plain(JSON.stringify(answer))(response),
    );

    expect(await ask(openaiEither({ baseURL: url, apiKey: "k", model: "own" }))).toContainEqual({
      type: "text",
      text: "Hi.",
    });
  });
});

describe("money", () => {
  const words = "These are about ten tokens of an answer, perhaps. ".repeat(10);
  const STREAMS: Record<Format, object[]> = {
    anthropic: [
      { type: "message_start", message: { role: "assistant", content: [] } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: words } },
    ],
    openai: [{ type: "response.output_text.delta", delta: words }],
    "openai-compatible": [chunk({ content: words })],
  };
  const ENDS: Record<Format, object[]> = {
    anthropic: [{ type: "message_delta", delta: { stop_reason: "end_turn" } }, { type: "message_stop" }],
    openai: [{ type: "response.completed", response: { status: "completed" } }],
    "openai-compatible": [chunk({}, "stop")],
  };
  const spent = (events: ModelEvent[]) =>
    events
      .flatMap((event) => (event.type === "usage" ? [event.tokens] : []))
      .filter(({ output }) => output > 0);

  it.each(["anthropic", "openai", "openai-compatible"] as const)(
    "is estimated where a server counts nothing, by %s",
    async (format) => {
      const url = await startServer(streaming([...STREAMS[format], ...ENDS[format]]));

      const events = await ask(resilient({ model: connect(format, url) }));

      expect(events.at(-1)?.type).toBe("stop");
      expect(spent(events)).toHaveLength(1);
      expect(spent(events)[0]?.input).toBeGreaterThan(80);
      expect(spent(events)[0]?.output).toBeGreaterThan(100);
    },
  );

  it.each(["anthropic", "openai", "openai-compatible"] as const)(
    "is estimated for each half answer, by %s",
    async (format) => {
      const url = await startServer(streaming(STREAMS[format], { end: false }));

      const events = await ask(resilient({ model: connect(format, url), sleep: async () => undefined }));

      expect(events.at(-1)).toMatchObject({ type: "failure", failure: { kind: "cut" } });
      expect(spent(events)).toHaveLength(6);
    },
  );
});

describe("a server that is silent", () => {
  it.each(["anthropic", "openai", "openai-compatible"] as const)(
    "is asked three times, since each costs minutes, by %s",
    async (format) => {
      let asked = 0;
      const url = await startServer(() => {
        asked += 1;
      });

      const model = connect(format, url, 50);
      const events = await ask(resilient({ model, sleep: async () => undefined }));

      expect(events.at(-1)).toMatchObject({ type: "failure", failure: { kind: "timeout" } });
      expect(asked).toBe(3);
    },
  );
});

describe("an answer without end", () => {
  it.each(["anthropic", "openai", "openai-compatible"] as const)("is left, by %s", async (format) => {
    let closed = false;
    const url = await startServer((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.on("close", () => {
        closed = true;
      });
      const event = JSON.stringify(
        format === "openai-compatible"
          ? chunk({ content: "x".repeat(1_000_000) })
          : format === "openai"
            ? { type: "response.output_text.delta", delta: "x".repeat(1_000_000) }
            : {
                type: "content_block_delta",
                index: 0,
                delta: { type: "text_delta", text: "x".repeat(1_000_000) },
              },
      );
      const name = format === "anthropic" ? "event: content_block_delta\n" : "";
      const more = () => {
        while (!closed && response.write(`${name}data: ${event}\n\n`));
      };
      response.on("drain", more);
      more();
    });

    const events = await ask(resilient({ model: connect(format, url) }));

    expect(events.at(-1)).toMatchObject({ type: "failure", failure: { kind: "endless" } });
    await expect.poll(() => closed).toBe(true);
  });

  it("is left also when it comes in one piece", async () => {
    const url = await startServer(plain(`{"choices": "${"x".repeat(70_000_000)}"}`));

    expect((await ask(connect("openai-compatible", url))).at(-1)).toMatchObject({
      type: "failure",
      failure: { kind: "endless" },
    });
  });
});
