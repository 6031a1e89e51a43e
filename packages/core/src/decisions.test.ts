import { describe, expect, it } from "vitest";
import { FAILURE_REASONS } from "./attempt.ts";
import { createMint, ID_PREFIX, type IdKind, parseId } from "./id.ts";
import { LIMITS } from "./limits.ts";
import { Plan, planHash } from "./plan.ts";
import { decideRetry } from "./retry.ts";
import { readSettings } from "./settings.ts";
import { formatUsd } from "./usage.ts";

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

describe("money", () => {
  it.each([
    [0, "$0.00"],
    [420_000, "$0.42"],
    [1_234, "$0.0012"],
    [12_345_678, "$12.35"],
  ])("%i microdollars read %s", (amount, text) => expect(formatUsd(amount)).toBe(text));
});
