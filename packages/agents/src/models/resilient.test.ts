import { describe, expect, it } from "vitest";
import type { Model, ModelEvent, ModelFailure, ModelRequest } from "./model.ts";
import { resilient } from "./resilient.ts";

const request: ModelRequest = {
  system: "",
  messages: [],
  tools: [],
  maxTokens: 1,
  signal: new AbortController().signal,
};

/** Fails in these ways, one call after another, then answers. */
function unlucky(name: string, ...failures: ModelFailure[]): Model & { calls: number } {
  const model = {
    provider: "test",
    name,
    contextTokens: 1_000,
    calls: 0,
    async *stream(): AsyncGenerator<ModelEvent> {
      const failure = failures[model.calls];
      model.calls += 1;
      yield { type: "text", text: "half" };
      if (failure === undefined) yield { type: "stop", reason: "end" };
      else yield { type: "failure", failure };
    },
  };
  return model;
}

async function run(model: Model, fallback?: Model, signal = request.signal) {
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  const events: ModelEvent[] = [];
  for await (const event of resilient({ model, fallback, sleep }).stream({ ...request, signal }))
    events.push(event);
  return { events, waits };
}

const overloaded: ModelFailure = { kind: "overloaded", message: "busy" };

describe("resilient", () => {
  it("waits ever longer, five times, then fails with the last failure", async () => {
    const model = unlucky("a", ...Array.from({ length: 9 }, () => overloaded));

    const { events, waits } = await run(model);

    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(model.calls).toBe(6);
    expect(events.at(-1)).toEqual({ type: "failure", failure: overloaded });
  });

  it.each(["rejected", "exhausted", "context", "aborted"] as const)(
    "does not repeat what was %s",
    async (kind) => {
      const model = unlucky("a", { kind, message: "no" });

      const { events, waits } = await run(model);

      expect(waits).toEqual([]);
      expect(events.at(-1)).toMatchObject({ type: "failure", failure: { kind } });
    },
  );

  it("does not wait longer than a vendor may reasonably ask", async () => {
    const { waits } = await run(unlucky("a", { kind: "limited", message: "later", retryAfterMs: 3_600_000 }));

    expect(waits).toEqual([]);
  });

  it("hands over to the fallback model and says so", async () => {
    const model = unlucky("a", { kind: "rejected", message: "no such model" });

    const { events } = await run(model, unlucky("b"));

    expect(events).toContainEqual(expect.objectContaining({ type: "restart", model: "b" }));
    expect(events.at(-1)).toEqual({ type: "stop", reason: "end" });
  });

  it("does not spend on a fallback when the money is gone", async () => {
    const fallback = unlucky("b");

    await run(unlucky("a", { kind: "exhausted", message: "empty" }), fallback);

    expect(fallback.calls).toBe(0);
  });

  it("stops waiting once aborted", async () => {
    const controller = new AbortController();
    const model = unlucky("a", overloaded, overloaded);
    const stream = resilient({ model, sleep: async () => controller.abort() });

    const events: ModelEvent[] = [];
    for await (const event of stream.stream({ ...request, signal: controller.signal })) events.push(event);

    expect(model.calls).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: "failure", failure: { kind: "aborted" } });
  });
});
