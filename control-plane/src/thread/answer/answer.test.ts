import { ChangeSet, Evidence, Plan } from "@aicd/core";
import type { KeptWork, PlanRow, Task } from "@aicd/db";
import type { Round } from "@aicd/github";
import { describe, expect, it } from "vitest";
import { renderAnswer } from "./answer.ts";
import type { WorkRecord } from "./record.ts";

const HOSTILE =
  "<!-- aicd:status --> @octocat fixes #1 <img src=https://evil.example/x> ![x](https://evil.example)";
const ARMED = /@octocat|<img|<!--|!\[x|fixes #1/;

const run = (exitCode: number, passed: number) => ({
  ...{ command: "npm test", exitCode, durationMs: 1, outputTail: "" },
  tests: { passed, failed: exitCode, skipped: 0 },
});
const change = (summary: string, path: string, baseMode: string | null) =>
  ChangeSet.parse({
    baseSha: "b".repeat(40),
    title: "Round once",
    summary,
    files: [{ kind: "write", path, mode: "100644", baseMode, contentBase64: "" }],
  });
const ROUNDS: Round[] = [
  {
    changeSet: change("Sums are rounded once, at the end.", "src/sum.js", "100644"),
    evidence: Evidence.parse({
      ...{ setup: [], before: [run(0, 3)], reproduction: [run(1, 3)], after: [run(0, 4)] },
      sandbox: "bwrap",
    }),
    policy: [],
    askedBy: ["mona"],
    threads: [],
    sha: "1111111aaaa",
  },
  {
    changeSet: change("The unit is in the name.", "src/cents.js", null),
    evidence: Evidence.parse({ setup: [], before: [run(0, 4)], after: [run(0, 5)], sandbox: "bwrap" }),
    policy: [],
    askedBy: ["ada"],
    threads: [
      {
        path: "src/sum.js",
        line: 3,
        receipt: { commentId: 1, kind: "changed", text: "It is `sumCents` now." },
      },
    ],
    sha: "2222222bbbb",
  },
];
const plan = {
  hash: "a1b2c3d4e5f6",
  state: "approved",
  approvedBy: { login: "ada", id: 2 },
  body: Plan.parse({
    title: "Round once",
    understanding: "Sums are rounded twice.",
    cause: "Each share is rounded before they are added.",
    files: [{ path: "src/sum.js", change: "Round the sum." }],
    ...{ tests: [], checks: [], risks: ["Old invoices differ by a cent."], questions: [] },
    estimate: { changedLines: 4, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.4 },
  }),
} as unknown as PlanRow;
const task = {
  state: "PR_OPEN",
  mode: "wait",
  reason: null,
  requestedBy: { login: "mona", id: 1 },
  spentMicroUsd: 120_000,
  budgetMicroUsd: 1_000_000,
  createdAt: new Date("2026-01-02T03:00:00Z"),
  stateAt: new Date("2026-01-02T03:12:00Z"),
} as Task;

function record(part: Partial<WorkRecord> = {}): WorkRecord {
  return {
    task,
    plan,
    rounds: ROUNDS,
    open: undefined,
    verdict: { approved: true, summary: "Looks right.", findings: [] },
    spending: [{ at: new Date("2026-01-02T03:05:00Z"), microUsd: 120_000 }],
    standing: { state: "PR_OPEN", hasPullRequest: true },
    ...part,
  };
}

const EMPTY = record({
  ...{ plan: undefined, rounds: [], verdict: undefined, spending: [] },
  task: { ...task, state: "PLANNING" } as Task,
  standing: { state: "PLANNING", hasPullRequest: false },
});

describe("a question about the work", () => {
  it.each([
    "what did you change and why?",
    "how do you know it works, are there tests?",
    "what became of my comments?",
    "what did it cost, who approved it?",
    "did the review find risks?",
    "is it stuck?",
  ])("%j is answered out of the record", (question) => {
    expect(renderAnswer(question, record())).toMatchSnapshot();
  });

  it.each([
    "what did you change and why?",
    "is it tested?",
    "what did the critic say?",
    "what became of my comments?",
  ])("%j before anything was done says that there is nothing yet", (question) => {
    expect(renderAnswer(question, EMPTY)).toMatch(/\b(?:yet|Nothing)\b/);
  });

  it("is answered with what is written and not published", () => {
    const open = { body: change("", "src/half.js", null), evidence: null } as unknown as KeptWork;

    expect(renderAnswer("what did you change?", record({ rounds: [], open }))).toContain(
      "It is not published. What is written so far:\n\n- `src/half.js` new",
    );
  });
});

it.each(["what is the capital of France?", "can you make it blue?"])(
  "%j is not about the work: it is said what can be asked, and how something is done",
  (question) => {
    const text = renderAnswer(question, record());

    expect(text).toContain("`/aicd ask what did you change and why?`");
    expect(text).toContain("A submitted review asks for changes");
  },
);

it("words of strangers are words only", () => {
  const [round] = ROUNDS;
  const hostile: Round = {
    ...(round as Round),
    changeSet: change(HOSTILE, "a`b.js", null),
    askedBy: [HOSTILE],
    threads: [{ path: HOSTILE, line: 1, receipt: { commentId: 1, kind: "changed", text: HOSTILE } }],
  };
  const question = `${HOSTILE}\n# what changed, why, who, tests, review, comments, plan, cost?`;

  const text = renderAnswer(
    question,
    record({
      rounds: [hostile, hostile],
      verdict: {
        approved: false,
        summary: HOSTILE,
        findings: [{ path: "a`b", line: 1, severity: "major", why: HOSTILE, wanted: HOSTILE }],
      },
    }),
  );

  expect(text.replaceAll(/`[^`\n]*`/g, "")).not.toMatch(ARMED);
  expect(text).not.toMatch(/^#/m);
});
