import { LIMITS, type Plan } from "@aicd/core";
import type { EventRow, PlanRow, Task } from "@aicd/db";
import { line, type Round } from "@aicd/github";
import { actsOf, HOSTILE, hostileText, readable, render } from "@aicd/github/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderAnswer } from "./answer/answer.ts";
import { renderCheck } from "./check/render-check.ts";
import { renderCi } from "./check/render-ci.ts";
import { renderVoid } from "./edits.ts";
import { renderEnding } from "./ending/ending.ts";
import { renderExplanation } from "./explanation/explanation.ts";
import { renderPlan } from "./plan.ts";
import { renderQuestions } from "./questions.ts";
import { renderDoctor } from "./readiness/doctor.ts";
import { renderOnboarding } from "./readiness/onboarding.ts";
import { renderReceipt } from "./receipt.ts";
import { renderRefusal } from "./refusal.ts";
import { renderStatus } from "./status.ts";

const HASH = "a1b2c3d4e5f6";
const at = new Date("2026-01-02T03:00:00Z");

function taskOf(text: string, more: Partial<Task> = {}): Task {
  return {
    ...{ id: "tsk_1", issueNumber: 3, spentMicroUsd: 120_000, budgetMicroUsd: 1_000_000 },
    ...{ pullRequestNumber: null, branch: null, headSha: null, reason: null, mode: "wait" },
    ...{ state: "CODING", requestedBy: { login: "mona", id: 1 }, createdAt: at, stateAt: at },
    ...{ detail: text, progress: text },
    ...more,
  } as Task;
}

function planOf(text: string): Plan {
  return {
    ...{ title: text, understanding: text, cause: text, checks: [text] },
    ...{ files: [{ path: text, change: text }], tests: [text], risks: [text], questions: [text] },
    estimate: { changedLines: 4, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.4 },
  };
}

const planRow = (text: string) =>
  ({
    ...{ hash: HASH, state: "approved", body: planOf(text), approvedBy: { login: text, id: 2 } },
    edits: [
      { what: "comment", of: text, patch: text },
      { what: "settings", of: text, patch: text },
    ],
  }) as PlanRow;
const finding = (text: string) => ({
  ...{ path: text, line: 3, severity: "major" as const, why: text, wanted: text },
});
const runOf = (text: string) => ({
  ...{ command: text, exitCode: 1, durationMs: 1, outputTail: text },
  tests: { passed: 1, failed: 1, skipped: 0 },
});

function roundOf(text: string): Round {
  return {
    changeSet: {
      ...{ baseSha: "b".repeat(40), title: text, summary: text },
      files: [{ kind: "delete", path: text }],
    },
    evidence: { setup: [], before: [runOf(text)], after: [runOf(text)], sandbox: "bwrap" },
    policy: [],
    askedBy: [text],
    threads: [{ path: text, line: 3, receipt: { commentId: 1, kind: "changed", text } }],
    sha: "1111111aaaa",
  } as Round;
}

const event = (type: string, body: Record<string, unknown>) => ({ at, type, body }) as EventRow;

const PLACES = {
  plan: "https://github.com/acme/widget/issues/3#issuecomment-8",
  dashboard: "https://aicd.example/organizations/acme/tasks/tsk_1",
};

/** Every kind of comment, with a stranger's words wherever it takes words, and who is called in it. */
const KINDS: Record<string, { write: (text: string) => string; calls?: string[]; isWhole?: true }> = {
  "a plan": {
    write: (text) =>
      renderPlan({
        ...{ plan: planOf(text), hash: HASH, budgetMicroUsd: 1_000_000, baseSha: "b".repeat(40) },
        asks: "mona",
        unpriced: [text],
        places: PLACES,
      }).join("\n"),
    calls: ["@mona"],
    isWhole: true,
  },
  "the sticky comment": {
    write: (text) =>
      renderStatus({
        task: taskOf(text),
        repository: { owner: "acme", name: "widget" } as never,
        ...{ plan: planRow(text), attempt: undefined, serverUrl: "https://github.com", patchUrl: undefined },
        round: { number: 2, askedBy: [text], threads: 1 },
        places: PLACES,
      }),
    isWhole: true,
  },
  "the end of a task": {
    write: (text) =>
      renderEnding({
        task: taskOf(text, { state: "FAILED", reason: "workspace_broken" }) as never,
        ...{ repository: { owner: "acme", name: "widget" }, attempt: undefined, patchUrl: undefined },
        standing: { state: "FAILED", hasPullRequest: false },
        ...{ rounds: { coded: 1, sentBack: 0 }, findings: [finding(text)], mayPublishPartial: true },
        serverUrl: "https://github.com",
      }),
    calls: ["@mona"],
    isWhole: true,
  },
  "the end of a task whose checks failed": {
    write: (text) =>
      renderEnding({
        task: taskOf(`\`npm test\` ends with exit code 1:\n:${text}:`, {
          ...{ state: "FAILED", reason: "checks_failed" },
        }) as never,
        ...{ repository: { owner: "acme", name: "widget" }, attempt: undefined, patchUrl: undefined },
        standing: { state: "FAILED", hasPullRequest: false },
        ...{ rounds: { coded: 1, sentBack: 0 }, findings: [], mayPublishPartial: false },
        serverUrl: "https://github.com",
      }),
    calls: ["@mona"],
  },
  "an explanation": {
    write: (text) =>
      renderExplanation({
        task: taskOf(text, { state: "FAILED" }),
        ...{ spending: [], standing: { state: "FAILED", hasPullRequest: false } },
        events: [
          event("task.queued", { by: text, mode: "wait" }),
          event("plan.proposed", { hash: text }),
          event("check.run", { command: text, exitCode: 1 }),
          event("attempt.failed", { detail: text }),
          event("note.made", { text }),
        ],
      }),
  },
  "an answer": {
    write: (text) =>
      renderAnswer("what did you change, why, the plan, proof, review, comments, cost, who, status?", {
        ...{ task: taskOf(text), plan: planRow(text), rounds: [roundOf(text)], open: undefined },
        verdict: { approved: false, summary: text, findings: [finding(text)] },
        ...{ spending: [], standing: { state: "CODING", hasPullRequest: false } },
      }),
  },
  "an answer to a question without one": {
    write: (text) =>
      renderAnswer(`:${text.replaceAll(/[a-z$]+/gi, "z")}:`, {
        ...{ task: taskOf(text), plan: undefined, rounds: [], open: undefined, verdict: undefined },
        ...{ spending: [], standing: { state: "CODING", hasPullRequest: false } },
      }),
  },
  "what stands in the way": {
    write: (text) => renderDoctor([{ what: text, fix: "Correct `.github/aicd.yml`." }]),
  },
  "the pull request that sets a repository up": {
    write: (text) =>
      renderOnboarding({
        proposal: {
          steps: [{ uses: text }],
          commands: {
            setup: [{ run: text, from: text }],
            checks: [{ run: text, from: text }],
            notes: [text],
          },
        },
        publicUrl: "https://aicd.example",
      }),
  },
  "a refusal": {
    write: (text) => renderRefusal({ sentence: line(text), task: undefined }),
  },
  questions: { write: (text) => renderQuestions([text, text], "mona"), calls: ["@mona"], isWhole: true },
  "a receipt": {
    write: (text) => renderReceipt({ commentId: 1, kind: "declined", text }, "c0ffee1"),
    isWhole: true,
  },
  "a check run's summary": {
    write: (text) =>
      renderCheck({
        task: taskOf(text, {
          state: "BLOCKED",
          statusCommentId: 9,
          branch: "aicd/issue-3",
          baseBranch: "main",
        }),
        round: { number: 2, askedBy: [text], threads: 1 },
        standing: { state: "BLOCKED", hasPullRequest: true, hash: HASH },
        change: {
          evidence: {
            ...{ setup: [], before: [runOf(text)], after: [runOf(text)], sandbox: text },
            testChanges: { fixed: [text], broken: [text], added: [text], gone: [text] },
            weakened: [{ path: text, what: text }],
          },
          partial: false,
          critic: [{ ...finding(text), path: null }],
          policy: [{ rule: text, path: null, message: text, level: "block" }],
        },
        places: PLACES,
      }).summary,
    isWhole: true,
  },
  "CI that failed": {
    write: (text) =>
      renderCi(
        { kind: "mend", fingerprint: "", failing: [{ name: text, tests: [text], excerpt: text }] },
        { round: 1, most: 2, asks: "mona" },
      ),
    isWhole: true,
  },
  "CI that is given up": {
    write: (text) =>
      renderCi(
        { kind: "stop", why: "same", failing: [{ name: text, tests: [text], excerpt: text }] },
        { round: 1, most: 2, asks: "mona" },
      ),
    calls: ["@mona"],
    isWhole: true,
  },
  "CI that is red by chance": {
    write: (text) =>
      renderCi({ kind: "excused", flaky: [text], onBase: [text] }, { round: 1, most: 2, asks: "mona" }),
    isWhole: true,
  },
  "a void approval": {
    write: (text) => renderVoid(HASH, planRow(text).edits),
    isWhole: true,
  },
};

describe.each(Object.entries(KINDS))("%s", (name, { write, calls = [], isWhole }) => {
  it("shows a stranger's words as they are, and does nothing they say", () => {
    const frame = render(write("word"));
    const check = (text: string) => {
      if (text.trim() === "") return;
      const markdown = write(text);
      const { skeleton, words, text: shown } = render(markdown);
      expect(skeleton).toEqual(frame.skeleton);
      expect([...new Set(actsOf(words))]).toEqual(calls);
      expect(markdown.length).toBeLessThanOrEqual(LIMITS.commentCharacters);
      if (isWhole) expect(readable(shown)).toContain(readable(text));
      if (name === "a plan")
        expect(readable(shown)).toBe(readable(frame.text).replaceAll("word", () => readable(text)));
    };
    for (const text of HOSTILE) check(text);
    fc.assert(fc.property(hostileText, check), { numRuns: 40 });
  });
});
