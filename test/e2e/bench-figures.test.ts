import { describe, expect, it } from "vitest";
import { compareRows } from "../bench/agent/compare.ts";
import { createMeter } from "../bench/agent/meter.ts";
import type { Row } from "../bench/agent/row.ts";

const CACHED = { cache_control: { type: "ephemeral" } };
/** 2,000 tokens at 3.5 characters each, the envelope aside. */
const LONG = "x".repeat(7_000);

function asked(...words: { text: string; marked?: boolean }[]) {
  const content = words.map(({ text, marked = false }) => ({ type: "text", text, ...(marked && CACHED) }));
  return {
    max_tokens: 1,
    tools: [{ name: "read" }],
    system: [{ type: "text", text: "s", ...CACHED }],
    messages: [{ role: "user", content }],
  };
}

describe("the meter", () => {
  it("writes what is marked, and reads it where the next request begins with the same", () => {
    const meter = createMeter();

    const first = meter.input(asked({ text: LONG, marked: true }));
    const second = meter.input(asked({ text: LONG }, { text: "more", marked: true }));

    expect(first).toMatchObject({ input: 0, cacheRead: 0 });
    expect(first.cacheWrite).toBeGreaterThan(2_000);
    expect(second.cacheRead).toBe(first.cacheWrite);
    expect(second.cacheWrite).toBeLessThan(50);
  });

  it("finds nothing behind a byte that differs", () => {
    const meter = createMeter();
    meter.input(asked({ text: LONG, marked: true }));

    expect(meter.input(asked({ text: `${LONG}.`, marked: true })).cacheRead).toBe(0);
  });

  it("bills plainly what is not marked, and what is too short to be kept", () => {
    const unmarked = { ...asked({ text: LONG }), system: [{ type: "text", text: "s" }] };
    expect(createMeter().input(unmarked)).toMatchObject({ cacheRead: 0, cacheWrite: 0 });
    expect(createMeter().input(asked({ text: "short", marked: true }))).toMatchObject({ cacheWrite: 0 });
  });

  it("reads by itself, in steps of 128 tokens and for nothing, where the wire is OpenAI's", () => {
    const meter = createMeter();
    const body = (...texts: string[]) => ({
      instructions: "s",
      input: texts.map((text) => ({ role: "user", content: [{ type: "input_text", text }] })),
    });
    meter.input(body(LONG));

    const { cacheRead, cacheWrite, input } = meter.input(body(LONG, "more"));

    expect(cacheRead).toBeGreaterThan(1_800);
    expect(cacheRead % 128).toBe(0);
    expect(cacheWrite).toBe(0);
    expect(input).toBeLessThan(256);
  });
});

function row(name: string, change: Partial<Row> = {}): Row {
  return {
    name,
    solved: true,
    mode: "replayed",
    model: "m",
    outcome: "approved",
    reason: null,
    detail: "",
    checkPassed: true,
    changedFiles: [],
    sandbox: null,
    steps: 3,
    tokensIn: 1_000,
    tokensOut: 100,
    tokensCached: 0,
    cacheHitShare: 0,
    costUsd: 0.01,
    wallMs: 1,
    ...change,
  };
}

describe("a comparison", () => {
  it("is of the tasks both worked to their end on", () => {
    const ours = [row("a", { steps: 4, costUsd: 0.02 }), row("b", { mode: null, costUsd: 9 })];

    expect(compareRows(ours, [row("a"), row("b")])).toEqual({
      tasks: 1,
      solved: 1,
      solvedAgainst: 1,
      cost: 2,
      tokensIn: 1,
      tokensOut: 1,
      moreSteps: 1,
    });
  });

  it.each([
    ["interrupted", { outcome: "interrupted", reason: "interrupted" }],
    ["cancelled", { outcome: "cancelled", reason: "cancelled" }],
    ["astray from its recording", { reason: "replay_diverged" }],
  ])("leaves out a task that was %s, on either side", (_, change) => {
    const cut = row("b", { ...change, solved: false, costUsd: 0 });

    expect(compareRows([row("a"), cut], [row("a"), row("b")])).toMatchObject({ tasks: 1, cost: 1 });
    expect(compareRows([row("a"), row("b")], [row("a"), cut])).toMatchObject({ tasks: 1, cost: 1 });
  });

  it("counts a task one failed at: it was paid for", () => {
    const failed = row("a", { outcome: "failed", solved: false, reason: "checks_failed", costUsd: 0.03 });

    expect(compareRows([failed], [row("a")])).toMatchObject({ tasks: 1, solved: 0, cost: 3 });
  });
});
