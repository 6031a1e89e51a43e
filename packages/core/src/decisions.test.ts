import { describe, expect, it } from "vitest";
import { FAILURE_REASONS } from "./attempt.ts";
import { createMint, ID_PREFIX, type IdKind, parseId } from "./id.ts";
import { LIMITS } from "./limits.ts";
import { Plan, planHash } from "./plan.ts";
import { decideRetry } from "./retry.ts";
import { readSettings } from "./settings.ts";
import { DEAREST, formatUsd, PRICES, priceOf, priceTokens, priceWorst } from "./usage.ts";

describe("ids", () => {
  const mint = createMint({ now: () => 1_700_000_000_000, random: (n) => new Uint8Array(n).fill(7) });

  it.each(Object.keys(ID_PREFIX) as IdKind[])(
    "of kind %s are read back as that kind and no other",
    (kind) => {
      const id = mint(kind);

      expect(parseId(kind, id)).toBe(id);
      for (const other of Object.keys(ID_PREFIX) as IdKind[]) {
        if (other !== kind) expect(parseId(other, id)).toBeUndefined();
      }
    },
  );

  it("sort by time", () => {
    let now = 1;
    const clock = createMint({ now: () => now, random: (n) => new Uint8Array(n).fill(31) });
    const early = clock("task");
    now = 2 ** 41;
    expect(clock("task") > early).toBe(true);
  });

  it.each(["", "tsk_", "tsk_!!!!!!!!!!!!!!!!!!!!!!!!!!", "att_0000000000", "tsk_'; DROP TABLE tasks; --"])(
    "refuses %j",
    (text) => expect(parseId("task", text)).toBeUndefined(),
  );
});

describe("a failed attempt", () => {
  it("is tried again after a lost runner, as often as the limit says", () => {
    for (let lost = 0; lost < LIMITS.lostRetries; lost++) {
      expect(decideRetry({ reason: "runner_lost", lostBefore: lost }).kind).toBe("retry");
    }
    expect(decideRetry({ reason: "runner_lost", lostBefore: LIMITS.lostRetries }).kind).toBe("give-up");
  });

  it("is not tried again when it would fail the same way", () => {
    const passing = ["runner_lost", "runner_never_started", "model_unavailable"];
    for (const reason of FAILURE_REASONS.filter((name) => !passing.includes(name))) {
      expect(decideRetry({ reason, lostBefore: 0 })).toEqual({ kind: "give-up", reason });
    }
  });
});

describe("a plan's hash", () => {
  const plan = Plan.parse({
    title: "Mend it",
    understanding: "u",
    cause: "c",
    files: [{ path: "a.ts", change: "x" }],
    tests: [],
    checks: [],
    risks: [],
    questions: [],
    estimate: { changedLines: 1, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
  });
  const input = { plan, snapshotDigest: "d", baseSha: "b", budgetMicroUsd: 1 };

  it("is 12 hex characters, always the same for the same", () => {
    expect(planHash(input)).toMatch(/^[0-9a-f]{12}$/);
    expect(planHash(input)).toBe(planHash(structuredClone(input)));
  });

  it.each([
    { ...input, plan: { ...plan, title: "Mend that" } },
    { ...input, snapshotDigest: "e" },
    { ...input, baseSha: "c" },
    { ...input, budgetMicroUsd: 2 },
  ])("changes with every part an approval speaks of", (changed) => {
    expect(planHash(changed)).not.toBe(planHash(input));
  });
});

describe("settings", () => {
  it("are the defaults when there is no file", () => {
    expect(readSettings(null)).toMatchObject({
      kind: "settings",
      settings: { approval: "auto", reviewRounds: 3 },
    });
  });

  it.each([
    [{ modle: "x" }, "`modle`"],
    [{ policy: { maxfiles: 3 } }, "`maxFiles`"],
    [{ budgetUsd: -1 }, "`budgetUsd`"],
    [{ coder: { provider: "acme" } }, "`coder.provider`"],
    [[1], "expected object"],
  ])("%j is answered with what is wrong with it", (document, said) => {
    const read = readSettings(document);

    expect(read.kind === "invalid" && read.problems.join(" ")).toContain(said);
  });
});

describe("prices", () => {
  it("take the name without its date, and the dearest for a stranger", () => {
    const tokens = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0 };

    expect(priceTokens("gpt-5-mini-2025", tokens)).toBe(PRICES["gpt-5-mini"]?.input);
    expect(priceTokens("nobody-knows", tokens)).toBeGreaterThan(priceTokens("claude-sonnet-5-5", tokens));
  });

  it.each([
    "claude-opus-4-1",
    "claude-opus-4-20250514",
    "gpt-5.9",
    "gpt-5-huge",
    "gpt-5.5-pro-max",
    "constructor",
  ])("do not take %s for a cheaper relative", (model) => expect(priceOf(model)).toBe(DEAREST));

  it.each([
    ["claude-sonnet-5-5", 3, 15],
    ["claude-sonnet-4-5-20250929", 3, 15],
    ["claude-haiku-4-5@20251001", 1, 5],
    ["gpt-5.5", 5, 30],
    ["gpt-5.5-2026-04-23", 5, 30],
    ["gpt-5.5-pro", 30, 180],
    ["gpt-5.1-codex-latest", 1.25, 10],
  ])("of %s are its own", (model, input, output) => {
    expect(priceOf(model)).toMatchObject({ input: input * 1e6, output: output * 1e6 });
  });

  it("are dearer for a long conversation, cached or not, where the vendor has it so", () => {
    const of = (cacheRead: number) =>
      priceTokens("gpt-5.5", { input: 1_000, output: 1_000, cacheRead, cacheWrite: 0 });

    expect(of(0)).toBe(35_000);
    expect(of(271_000)).toBe(10_000 + 45_000 + 271_000);
    expect(of(270_999)).toBe(35_000 + Math.ceil(270_999 / 2));
  });

  it.each(["claude-sonnet-5-5", "claude-sonnet-4-5", "gpt-5.5", "nobody-knows"])(
    "of %s are never more than was held for the call",
    (model) => {
      const held = priceWorst(model, { input: 300_000, output: 1_000 });

      for (const [input, cacheRead, cacheWrite] of [
        [300_000, 0, 0],
        [0, 300_000, 0],
        [0, 0, 300_000],
        [100, 100, 299_800],
        [199_000, 0, 0],
      ] as const) {
        expect(priceTokens(model, { input, output: 1_000, cacheRead, cacheWrite })).toBeLessThanOrEqual(held);
      }
    },
  );

  it("round up once, so that no call is free", () => {
    expect(priceTokens("claude-haiku-4-5", { input: 1, output: 0, cacheRead: 0, cacheWrite: 0 })).toBe(1);
  });

  it.each([
    [0, "$0.00"],
    [420_000, "$0.42"],
    [1_234, "$0.0012"],
    [12_345_678, "$12.35"],
  ])("%i microdollars read %s", (amount, text) => expect(formatUsd(amount)).toBe(text));
});
