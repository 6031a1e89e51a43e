import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type LoopInput, loop } from "./loop.ts";
import { resilient } from "./models/resilient.ts";
import { createScope, type TestScope } from "./testing/scope.ts";
import {
  type Answer,
  calling,
  failing,
  saying,
  startVendor,
  type TestVendor,
  VENDORS,
} from "./testing/vendor.ts";
import { edit } from "./tools/edit.ts";
import { read } from "./tools/read.ts";
import { run } from "./tools/run.ts";
import { search } from "./tools/search.ts";
import { defineTool } from "./tools/tool.ts";

const finish = defineTool({
  name: "finish",
  description: "Ends the work.",
  input: z.object({ answer: z.number() }),
  readOnly: false,
  run: async (value) => ({ kind: "finish", value }),
});
const done = calling(["finish", { answer: 42 }]);

const vendors: TestVendor[] = [];
afterEach(async () => {
  for (const vendor of vendors.splice(0)) await vendor.stop();
});

async function work(
  answers: Answer[],
  scope: TestScope = createScope({ "a.ts": "one\ntwo\n" }),
  options: Partial<LoopInput> & { vendor?: (typeof VENDORS)[number]; contextTokens?: number } = {},
) {
  const vendor = await startVendor(answers);
  vendors.push(vendor);
  const { vendor: name = "anthropic", contextTokens = 200_000, ...overrides } = options;
  const model = resilient({ model: vendor.model(name, { contextTokens }), sleep: async () => undefined });
  const tools = [read, search, edit, run, finish];
  const end = await loop({ model, system: "Work.", prompt: "Go.", tools, ...overrides }, scope);
  return { end, scope, requests: vendor.requests(), results: () => resultsOf(vendor) };
}

/** What the tools answered, as the last request shows it. */
function resultsOf(vendor: TestVendor): string[] {
  const messages = vendor.requests().at(-1)?.messages ?? [];
  return messages.filter(({ role }) => role === "tool").map(({ content }) => String(content));
}

describe("loop", () => {
  it.each(VENDORS)("works with tools until the finish tool is called, by %s", async (vendor) => {
    const { end, results, scope } = await work(
      [
        calling(["read", { path: "a.ts" }]),
        calling(["edit", { path: "a.ts", old: "two", new: "three" }]),
        done,
      ],
      undefined,
      { vendor },
    );

    expect(end).toEqual({ kind: "finished", tool: "finish", value: { answer: 42 } });
    expect(results()).toEqual(["one\ntwo", "Replaced in a.ts, line 2."]);
    expect(scope.files.get("a.ts")).toBe("one\nthree\n");
    expect(scope.progress.filter(({ type }) => type === "usage")).toHaveLength(3);
  });

  it("runs neighbouring look-ups together and keeps the order of their answers", async () => {
    let running = 0;
    let most = 0;
    const slow = defineTool({
      name: "look",
      description: "Looks.",
      input: z.object({ n: z.number() }),
      readOnly: true,
      async run({ n }) {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 30 - n * 10));
        running -= 1;
        return { kind: "ok", text: `look ${n}` };
      },
    });

    const { results } = await work(
      [calling(["look", { n: 0 }], ["look", { n: 1 }], ["look", { n: 2 }]), done],
      undefined,
      {
        tools: [slow, finish],
      },
    );

    expect(most).toBe(3);
    expect(results()).toEqual(["look 0", "look 1", "look 2"]);
  });

  it("tells the model about an unknown tool and about arguments that do not fit", async () => {
    const { end, results } = await work([
      calling(["fly", {}]),
      calling(["read", { path: 7 }]),
      calling(["finish", { answer: "many" }]),
      done,
    ]);

    expect(end.kind).toBe("finished");
    expect(results()[0]).toContain("There is no tool `fly`. There are: read, search, edit, run, finish.");
    expect(results()[1]).toContain("- path:");
    expect(results()[2]).toContain("- answer:");
  });

  it("tells the model that its arguments were no JSON", async () => {
    const malformed = { content: "", toolCalls: [{ id: "x", name: "read", arguments: '{"path": "a.ts' }] };
    const { end, results } = await work([malformed, done], undefined, { vendor: "openai-compatible" });

    expect(end.kind).toBe("finished");
    expect(results()[0]).toContain("not a JSON object");
  });

  it("is told to wrap up near the end of its steps, once, and is stopped at the end", async () => {
    const looks = Array.from({ length: 10 }, (_, n) =>
      calling(["read", { path: "a.ts", from: 1, to: n + 1 }]),
    );

    const { end, requests } = await work(looks, createScope({ "a.ts": "one\n" }, { maxSteps: 5 }));

    expect(end).toMatchObject({ kind: "stopped", reason: "steps_exhausted" });
    expect(requests).toHaveLength(5);
    const told = requests.map(
      ({ messages }) => messages.filter(({ content }) => String(content).includes("Wrap up now")).length,
    );
    expect(told).toEqual([0, 0, 0, 0, 1]);
  });

  it("is told to wrap up at four fifths of its money, once", async () => {
    const looks = Array.from({ length: 10 }, (_, n) =>
      calling(["read", { path: "a.ts", from: 1, to: n + 1 }]),
    );

    // Ten calls of 300 millionths of a dollar.
    const { requests } = await work(looks, createScope({ "a.ts": "one\n" }, { limitMicroUsd: 3_000 }));

    const told = requests.map(
      ({ messages }) => messages.filter(({ content }) => String(content).includes("Wrap up now")).length,
    );
    expect(told).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  });

  it("stops at its money and overshoots by one call at most", async () => {
    const looks = Array.from({ length: 10 }, (_, n) =>
      calling(["read", { path: "a.ts", from: 1, to: n + 1 }]),
    );
    // 100 tokens in and 10 out cost 300 millionths of a dollar.
    const { end, requests, scope } = await work(
      looks,
      createScope({ "a.ts": "one\n" }, { limitMicroUsd: 800 }),
    );

    expect(end).toMatchObject({ kind: "stopped", reason: "budget_exhausted" });
    expect(requests).toHaveLength(3);
    expect(scope.budget.spentMicroUsd()).toBe(900);
  });

  it("stops at its deadline", async () => {
    const { end, requests } = await work([done], createScope({}, { deadlineMs: 10, now: () => 11 }));

    expect(end).toMatchObject({ kind: "stopped", reason: "time_exhausted" });
    expect(requests).toEqual([]);
  });

  it.each([
    ["a refusal", [saying("I will not.", { finishReason: "refusal" })], "model_refused"],
    [
      "words instead of work",
      Array.from({ length: 3 }, () => saying("I could do that.")),
      "model_misbehaved",
    ],
    ["empty answers", Array.from({ length: 3 }, () => saying("")), "model_misbehaved"],
    [
      "answers cut short",
      Array.from({ length: 3 }, () => saying("And then", { finishReason: "length" })),
      "model_misbehaved",
    ],
    [
      "the same call for ever",
      Array.from({ length: 9 }, () => calling(["read", { path: "a.ts" }])),
      "model_misbehaved",
    ],
    [
      "calls that always fail",
      Array.from({ length: 12 }, (_, n) => calling(["read", { path: `no-${n}` }])),
      "model_misbehaved",
    ],
    ["a vendor that is down", Array.from({ length: 6 }, () => failing(500)), "model_unavailable"],
    ["a key that is not accepted", [failing(401)], "model_rejected"],
    [
      "a gateway without money",
      [failing(402, { message: "The budget of the task is used up." })],
      "budget_exhausted",
    ],
  ])("ends in a stated reason after %s", async (_, answers, reason) => {
    const { end, requests } = await work(answers);

    expect(end).toMatchObject({ kind: "stopped", reason });
    expect(requests.length).toBeLessThanOrEqual(answers.length);
  });

  it("forgives a misstep or two", async () => {
    const { end } = await work([
      saying(""),
      saying("Hm."),
      calling(["read", { path: "a.ts" }]),
      saying("So."),
      done,
    ]);

    expect(end.kind).toBe("finished");
  });

  it("warns of repetition before it stops", async () => {
    const same = Array.from({ length: 3 }, () => calling(["read", { path: "a.ts" }]));

    const { results } = await work([...same, done]);

    expect(results().map((text) => text.includes("You made this very call"))).toEqual([false, false, true]);
  });

  it("starts an answer over that broke in the middle", async () => {
    const broken = {
      response: { ...calling(["edit", { path: "a.ts", old: "one", new: "1" }]), content: "I edit." },
      truncateAfterChunks: 4,
      latency: 10,
    };

    const { end, scope } = await work([broken, done]);

    expect(end.kind).toBe("finished");
    expect(scope.files.get("a.ts")).toBe("one\ntwo\n");
    expect(scope.progress).toContainEqual({ type: "note", text: expect.stringContaining("(cut)") });
  });

  it("condenses old results when the context fills, and keeps the task and the latest", async () => {
    const long = "x".repeat(20_000);
    const looks = Array.from({ length: 12 }, (_, n) => calling(["read", { path: `f${n}` }]));
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [`f${n}`, `${n}${long}\n`.repeat(2)]),
    );

    const { end, requests } = await work([...looks, done], createScope(files), { contextTokens: 20_000 });

    expect(end.kind).toBe("finished");
    const last = requests.at(-1)?.messages ?? [];
    const tools = last.filter(({ role }) => role === "tool").map(({ content }) => String(content));
    expect(last.find(({ role }) => role === "user")?.content).toBe("Go.");
    expect(tools[0]).toContain("condensed away");
    expect(tools.at(-1)).not.toContain("condensed away");
  });

  it("recovers from a context that turns out to be full", async () => {
    const looks = Array.from({ length: 8 }, (_, n) => calling(["read", { path: `f${n}` }]));
    const files = Object.fromEntries(
      Array.from({ length: 8 }, (_, n) => [`f${n}`, `${n} ${"word ".repeat(300)}`]),
    );
    const full = failing(400, { message: "prompt is too long" });

    const { end, requests } = await work([...looks, full, full, full, done], createScope(files));

    expect(end.kind).toBe("finished");
    const tools = requests.at(-1)?.messages.filter(({ role }) => role === "tool") ?? [];
    expect(String(tools[0]?.content)).toContain("condensed away");
  });

  it("ends when it is stopped from outside, even while a command runs", async () => {
    const controller = new AbortController();
    const scope = createScope({}, { signal: controller.signal });
    scope.workspace.run = async (_command, { signal }) => {
      controller.abort();
      return { exitCode: null, output: String(signal?.aborted), durationMs: 1, timedOut: false };
    };

    const { end } = await work([calling(["run", { command: "sleep 100" }]), done], scope);

    expect(end).toMatchObject({ kind: "stopped" });
  });
});

describe("odd answers", () => {
  it("has ten look-ups of one answer fail without giving the model up", async () => {
    const guesses = calling(
      ...Array.from({ length: 12 }, (_, n): [string, Record<string, unknown>] => [
        "read",
        { path: `src/no-${n}.ts` },
      ]),
    );

    const { end } = await work([guesses, calling(["read", { path: "a.ts" }]), done]);

    expect(end.kind).toBe("finished");
  });

  it("warns of the same call six times in one answer before it gives up", async () => {
    const doubled = calling(
      ...Array.from({ length: 6 }, (): [string, Record<string, unknown>] => ["read", { path: "a.ts" }]),
    );

    expect((await work([doubled, done])).end.kind).toBe("finished");
  });

  it("takes the same command for progress as long as its answer changes", async () => {
    const scope = createScope({ "a.ts": "one\n" });
    let left = 8;
    scope.workspace.run = async () => {
      left -= 1;
      return { exitCode: 1, output: `failing: ${"x".repeat(left)}`, durationMs: 1, timedOut: false };
    };
    const tests = Array.from({ length: 8 }, () => calling(["run", { command: "npm test" }]));

    expect((await work([...tests, done], scope)).end.kind).toBe("finished");
  });

  it("does not hand in what stands behind a failed edit", async () => {
    const hasty = calling(["edit", { path: "a.ts", old: "nowhere", new: "x" }], ["finish", { answer: 1 }]);

    const { end, results } = await work([hasty, done]);

    expect(end).toMatchObject({ kind: "finished", value: { answer: 42 } });
    expect(results()[1]).toContain("Not handed in");
  });

  it.each(VENDORS)("tells doubled and empty ids of calls apart, by %s", async (vendor) => {
    const call = { id: "same", name: "read", arguments: JSON.stringify({ path: "a.ts" }) };
    const twice = { ...calling(), toolCalls: [call, { ...call, arguments: '{"path":"b.ts"}' }] };
    const scope = createScope({ "a.ts": "A\n", "b.ts": "B\n" });

    const { end, requests } = await work([twice, { ...calling(), toolCalls: [call] }, done], scope, {
      vendor,
    });

    expect(end.kind).toBe("finished");
    const last = requests.at(-1)?.messages ?? [];
    const asked = last.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
    const answered = last.filter(({ role }) => role === "tool");
    expect(new Set(asked).size).toBe(3);
    expect(answered.map(({ tool_call_id }) => tool_call_id)).toEqual(asked);
    expect(answered.map(({ content }) => content)).toEqual(["A", "B", "A"]);
  });

  it.each(VENDORS)(
    "gives back a call without JSON and with an odd name as servers take it, by %s",
    async (vendor) => {
      const odd = {
        ...calling(),
        toolCalls: [
          { id: "x", name: "read", arguments: '{"path": "a.ts' },
          { id: "y", name: "functions.read file", arguments: "{}" },
        ],
      };

      const { end, requests } = await work([odd, done], undefined, { vendor });

      expect(end.kind).toBe("finished");
      const calls = requests.at(-1)?.messages.flatMap(({ tool_calls = [] }) => tool_calls) ?? [];
      for (const call of calls) {
        expect(call.function.name).toMatch(/^[\w-]{1,64}$/);
        expect(() => JSON.parse(call.function.arguments)).not.toThrow();
      }
    },
  );

  it.each(VENDORS)("cuts an answer of 10 MB, counts it and goes on, by %s", async (vendor) => {
    const huge = {
      response: saying("the same words again and again ".repeat(330_000)),
      chunkSize: 1_000_000,
    };

    const { end, requests, scope } = await work([huge, done], undefined, { vendor });

    expect(end.kind).toBe("finished");
    expect(JSON.stringify(requests.at(-1)).length).toBeLessThan(100_000);
    expect(scope.progress.filter(({ type }) => type === "usage")).toHaveLength(2);
  });

  it.each(VENDORS)("runs nothing of a tool call that was cut at the length limit, by %s", async (vendor) => {
    const cut = { ...calling(["edit", { path: "a.ts", old: "one", new: "1" }]), finishReason: "length" };

    const { end, scope, results } = await work([cut, done], undefined, { vendor });

    expect(end.kind).toBe("finished");
    expect(scope.files.get("a.ts")).toBe("one\ntwo\n");
    expect(results()[0]).toContain("Not run");
  });

  it("does not wait for an answer beyond its deadline", async () => {
    const late = { response: saying("Too late."), latency: 5_000 };

    const { end } = await work([late], createScope({}, { deadlineMs: 100 }));

    expect(end).toMatchObject({ kind: "stopped", reason: "time_exhausted" });
  });
});
