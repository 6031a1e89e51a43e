import { afterEach, describe, expect, it } from "vitest";
import {
  type Answer,
  calling,
  failing,
  saying,
  startVendor,
  type TestVendor,
  VENDORS,
  type Vendor,
} from "../testing/vendor.ts";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";
import { resilient } from "./resilient.ts";

const vendors: TestVendor[] = [];
afterEach(async () => {
  for (const vendor of vendors.splice(0)) await vendor.stop();
});

async function vendorOf(...answers: Answer[]): Promise<TestVendor> {
  const vendor = await startVendor(answers);
  vendors.push(vendor);
  return vendor;
}

const request: ModelRequest = {
  system: "You help.",
  messages: [{ role: "user", parts: [{ type: "text", text: "Hello" }] }],
  tools: [
    {
      name: "read",
      description: "Reads.",
      inputSchema: { type: "object", properties: { path: { type: "string" } } },
    },
  ],
  maxTokens: 500,
  signal: new AbortController().signal,
};

async function listen(model: Model, overrides: Partial<ModelRequest> = {}): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream({ ...request, ...overrides })) {
    // Reasoning blobs are the vendor's own matter.
    if (event.type !== "opaque") events.push(event);
  }
  return events;
}

function textOf(events: ModelEvent[]): string {
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}

describe.each(VENDORS)("%s over the wire", (name: Vendor) => {
  it("streams text, tool calls, usage and a stop", async () => {
    const vendor = await vendorOf({
      ...calling(["read", { path: "a.ts" }]),
      content: "Let me look at that file.",
    });

    const events = await listen(vendor.model(name));

    expect(textOf(events)).toBe("Let me look at that file.");
    expect(events.filter((event) => event.type === "text").length).toBeGreaterThan(1);
    expect(events).toContainEqual({
      type: "call",
      id: expect.any(String),
      name: "read",
      input: { path: "a.ts" },
    });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "usage",
        tokens: { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 },
      }),
    );
    expect(events.at(-1)).toEqual({ type: "stop", reason: "calls" });
  });

  it("gives a whole conversation back with calls and results in place", async () => {
    const vendor = await vendorOf(saying("Done."));

    await listen(vendor.model(name), {
      messages: [
        ...request.messages,
        {
          role: "assistant",
          parts: [
            { type: "text", text: "Looking." },
            { type: "call", id: "c1", name: "read", input: { path: "a" } },
          ],
        },
        {
          role: "user",
          parts: [
            { type: "result", callId: "c1", content: "content of a", isError: false },
            { type: "text", text: "Wrap up." },
          ],
        },
      ],
    });

    const messages = vendor.requests()[0]?.messages ?? [];
    expect(messages.find(({ role }) => role === "system")?.content).toBe("You help.");
    expect(messages.some(({ tool_calls }) => tool_calls?.[0]?.id === "c1")).toBe(true);
    expect(messages.find(({ role }) => role === "tool")).toMatchObject({
      tool_call_id: "c1",
      content: "content of a",
    });
    expect(messages.some(({ role, content }) => role === "user" && content === "Wrap up.")).toBe(true);
  });

  it("says that an answer was cut at the length limit", async () => {
    const vendor = await vendorOf(saying("Half of", { finishReason: "length" }));

    expect((await listen(vendor.model(name))).at(-1)).toEqual({ type: "stop", reason: "length" });
  });

  it.each([
    [429, { retryAfter: 7 }, { kind: "limited", retryAfterMs: 7_000 }],
    [429, {}, { kind: "limited" }],
    [429, { message: "You exceeded your quota: insufficient_quota" }, { kind: "exhausted" }],
    [529, {}, { kind: "overloaded" }],
    [503, {}, { kind: "overloaded" }],
    [500, {}, { kind: "unavailable" }],
    [402, {}, { kind: "exhausted" }],
    [401, {}, { kind: "rejected" }],
    [404, {}, { kind: "rejected" }],
    [400, { message: "prompt is too long: 300000 tokens" }, { kind: "context" }],
  ])("turns status %i %o into %o", async (status, extra, failure) => {
    const vendor = await vendorOf(failing(status, extra));

    expect(await listen(vendor.model(name))).toEqual([
      { type: "failure", failure: expect.objectContaining(failure) },
    ]);
  });

  it("notices a stream that breaks in the middle", async () => {
    const response = saying("A long answer that will never be finished.");
    const broken = { response, truncateAfterChunks: 3, latency: 10 };
    const vendor = await vendorOf(broken);

    const events = await listen(vendor.model(name));

    expect(events.at(-1)).toMatchObject({ type: "failure", failure: { kind: "cut" } });
  });

  it("gives up on an answer that stalls", async () => {
    const vendor = await vendorOf({ response: saying("Slow words of wisdom, very slow."), latency: 2_000 });

    const events = await listen(vendor.model(name, { stallMs: 50 }));

    expect(events.at(-1)).toMatchObject({ type: "failure", failure: { kind: "timeout" } });
  });

  it("ends at once when it is aborted", async () => {
    const vendor = await vendorOf({ response: saying("Slow words of wisdom, very slow."), latency: 2_000 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);

    const events = await listen(vendor.model(name), { signal: controller.signal });

    expect(events.at(-1)).toMatchObject({ type: "failure", failure: { kind: "aborted" } });
  });

  it("says that nobody is there", async () => {
    const vendor = await startVendor([]);
    const model = vendor.model(name);
    await vendor.stop();

    expect(await listen(model)).toMatchObject([{ type: "failure", failure: { kind: "unavailable" } }]);
  });

  it("answers after bad luck, waiting as long as it was asked to", async () => {
    const waits: number[] = [];
    const vendor = await vendorOf(failing(429, { retryAfter: 3 }), failing(500), saying("Here I am."));
    const sleep = async (ms: number) => void waits.push(ms);

    const events = await listen(resilient({ model: vendor.model(name), sleep }));

    expect(textOf(events)).toBe("Here I am.");
    expect(waits).toEqual([3_000, 2_000]);
    expect(events.filter((event) => event.type === "restart")).toHaveLength(2);
  });
});

it("counts what an answer used before it broke, where the vendor says so", async () => {
  const broken = { response: saying("A long answer, never finished."), truncateAfterChunks: 4, latency: 10 };
  const vendor = await vendorOf(broken);

  const events = await listen(vendor.model("anthropic"));

  expect(events.slice(-2)).toMatchObject([{ type: "usage", tokens: { input: 100 } }, { type: "failure" }]);
});

describe("anthropic's prompt cache", () => {
  it("is marked at the system prompt and at the two latest user turns", async () => {
    const bodies: string[] = [];
    const { anthropic } = await import("./anthropic.ts");
    const { createServer } = await import("node:http");
    const server = createServer((incoming, response) => {
      incoming.on("data", (chunk) => bodies.push(String(chunk)));
      incoming.on("end", () => response.writeHead(400).end("{}"));
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };

    await listen(anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: "k", model: "m" }), {
      messages: [1, 2, 3].flatMap((turn) => [
        { role: "user" as const, parts: [{ type: "text" as const, text: `question ${turn}` }] },
        { role: "assistant" as const, parts: [{ type: "text" as const, text: `answer ${turn}` }] },
      ]),
    });
    server.close();

    const body = JSON.parse(bodies.join("")) as { system: object[]; messages: { content: object[] }[] };
    const marked = body.messages.map(({ content }) => content.some((block) => "cache_control" in block));
    expect(body.system).toMatchObject([{ cache_control: { type: "ephemeral" } }]);
    expect(marked).toEqual([false, false, true, false, true, false]);
  });
});
