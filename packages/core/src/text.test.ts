import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChangeSet, changeSetDigest, ChangeSet as Schema } from "./change-set.ts";
import { Evidence } from "./evidence.ts";
import { Plan, planHash } from "./plan.ts";
import { CriticVerdict, ThreadReceipt } from "./review.ts";
import { cleanText } from "./text.ts";

const NASTY = "a\u0000b\ud800c";

describe("text from outside", () => {
  it("loses what a database refuses, is cut, and stays the same when cleaned again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(20), (value, max) => {
        const once = cleanText(`${value}\ud83d\u0000\udc00`, max);

        expect(once.length).toBeLessThanOrEqual(max);
        expect(once).not.toContain("\u0000");
        expect(once.isWellFormed()).toBe(true);
        expect(cleanText(once, max)).toBe(once);
      }),
    );
  });

  it("is cut and cleaned in proofs and judgements, not refused", () => {
    const run = {
      command: `make ${NASTY}`,
      exitCode: 0,
      durationMs: 1,
      tests: null,
      outputTail: NASTY + "x".repeat(9_000),
    };

    const evidence = Evidence.parse({ setup: [], before: [], after: [run], sandbox: "process" });
    const verdict = CriticVerdict.parse({
      approved: false,
      summary: "s".repeat(5_000),
      findings: [{ path: null, line: null, severity: "minor", why: NASTY, wanted: NASTY }],
    });
    const receipt = ThreadReceipt.parse({ commentId: 1, kind: "declined", text: "t".repeat(3_000) });

    expect(evidence.after[0]?.outputTail).toHaveLength(8_000);
    expect(evidence.after[0]?.command).toBe("make ab\ufffdc");
    expect(verdict.summary).toHaveLength(4_000);
    expect(verdict.findings[0]?.why).toBe("ab\ufffdc");
    expect(receipt.text).toHaveLength(2_000);
  });

  it("gives a ChangeSet the same digest before and after it travelled", () => {
    const sent: ChangeSet = {
      baseSha: "a".repeat(40),
      files: [{ kind: "delete", path: "a" }],
      title: `${NASTY}${"t".repeat(300)}`,
      summary: NASTY,
    };

    const received = Schema.parse(JSON.parse(JSON.stringify(sent)));

    expect(received.summary).toBe("ab\ufffdc");
    expect(changeSetDigest(received)).toBe(changeSetDigest(sent));
  });

  it("gives a plan the same hash before and after it travelled", () => {
    const plan: Plan = {
      title: NASTY,
      understanding: NASTY.repeat(2_000),
      cause: "c",
      files: [{ path: "a.ts", change: NASTY }],
      tests: [NASTY],
      checks: [],
      risks: [],
      questions: [],
      estimate: { changedLines: 1, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
    };
    const rest = { snapshotDigest: "d", baseSha: "b", budgetMicroUsd: 1 };

    const received = Plan.parse(plan);

    expect(received.understanding).toHaveLength(4_000);
    expect(planHash({ plan: received, ...rest })).toBe(planHash({ plan, ...rest }));
  });

  it("may not be a path, which is refused instead of bent", () => {
    const file = { kind: "delete", path: NASTY };

    expect(
      Schema.safeParse({ baseSha: "a".repeat(40), files: [file], title: "t", summary: "" }).success,
    ).toBe(false);
  });
});
