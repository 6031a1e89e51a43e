import {
  type CommandRun,
  type CriticVerdict,
  decideReview,
  type Finding,
  type Plan,
  type PolicyVerdict,
} from "@aicd/core";
import { describe, expect, it } from "vitest";
import { judgeChecks } from "../checks/judge-checks.ts";
import { createRedact } from "../redact.ts";
import { policyFindings } from "./policy.ts";
import { receiptsFor } from "./receipts.ts";

function run(command: string, exitCode: number | null, failed?: number): CommandRun {
  const tests = failed === undefined ? null : { passed: 1, failed, skipped: 0 };
  return { command, exitCode, durationMs: 1, tests, outputTail: "tail" };
}

function verdict(approved: boolean, ...severities: Finding["severity"][]): CriticVerdict {
  const findings = severities.map((severity) => ({
    path: null,
    line: null,
    severity,
    why: "w",
    wanted: "x",
  }));
  return { approved, summary: "s", findings };
}

describe("judgeChecks", () => {
  it.each([
    ["passes", [run("t", 0)], [run("t", 0)], 0],
    ["breaks", [run("t", 0)], [run("t", 1)], 1],
    ["hangs", [run("t", 0)], [run("t", null)], 1],
    ["failed before and still does", [run("t", 1, 2)], [run("t", 1, 2)], 0],
    ["failed before and fails more", [run("t", 1, 2)], [run("t", 1, 3)], 1],
    ["failed before, without counts", [run("t", 1)], [run("t", 1)], 0],
    ["is new and fails", [], [run("t", 1)], 1],
  ])("a check that %s", (_, before, after, findings) => {
    expect(judgeChecks(before, after)).toHaveLength(findings);
  });
});

describe("decide", () => {
  it.each([
    [verdict(true), 0, "approve"],
    [verdict(false, "major"), 1, "send-back"],
    [verdict(false, "minor"), 1, "send-back"],
    [verdict(false, "major"), 0, "approve"],
    [verdict(false, "major", "blocker"), 0, "give-up"],
    [verdict(false, "minor"), 0, "approve"],
    [verdict(false), 3, "approve"],
  ])("%o with %i rounds left → %s", (given, left, kind) => {
    expect(decideReview(given, left).kind).toBe(kind);
  });

  it("says of an open finding that it is open", () => {
    expect(decideReview(verdict(false, "major"), 0)).toMatchObject({
      verdict: { summary: expect.stringContaining("is open"), findings: [{ severity: "major" }] },
    });
  });
});

describe("policyFindings", () => {
  const finding = (path: string, level: "refuse" | "block") => ({
    rule: "path.packages",
    path,
    message: "m",
    level,
  });
  const input: PolicyVerdict = {
    kind: "refused",
    policyVersion: "1",
    inputDigest: "d",
    findings: [finding("link", "refuse"), finding("package.json", "block"), finding("Makefile", "block")],
  };
  const plan = { files: [{ path: "package.json", change: "c" }] } as Plan;

  it("insists on refusals and asks about protected files the plan does not name", () => {
    const { must, should } = policyFindings(input, plan);

    expect(must.map(({ path }) => path)).toEqual(["link"]);
    expect(should.map(({ path }) => path)).toEqual(["Makefile"]);
  });

  it("asks about a secret in a file that the plan names", () => {
    const secret = { ...finding("package.json", "block"), rule: "content.secret" };

    expect(policyFindings({ ...input, findings: [secret] }, plan).should).toHaveLength(1);
  });
});

describe("receiptsFor", () => {
  const author = { login: "ada", permission: "write" } as const;
  const comments = [1, 2].map((id) => ({ id, author, path: "a", line: 1, body: "b" }));
  const changed = (commentId: number, text: string) => ({ commentId, kind: "changed", text }) as const;

  it("gives each comment one receipt: the latest, or an honest default", () => {
    const given = [changed(2, "first"), changed(2, "last"), changed(99, "nobody asked")];

    expect(receiptsFor({ id: 1, author, body: "", comments }, given)).toEqual([
      { commentId: 1, kind: "declined", text: expect.stringContaining("does not answer") },
      changed(2, "last"),
    ]);
    expect(receiptsFor(undefined, given)).toEqual([]);
  });
});

describe("redact", () => {
  it("takes out known secrets in any dress and everything shaped like a key", () => {
    const redact = createRedact(["lease-token-0123456789", "short"]);
    const base64 = Buffer.from("lease-token-0123456789").toString("base64");

    const clean = redact(
      `a lease-token-0123456789 b ${base64} c ghp_${"a1B2".repeat(9)} d sk-ant-${"x".repeat(40)} short`,
    );

    expect(clean.replace("***==", "***")).toBe("a *** b *** c *** d *** short");
  });
});
