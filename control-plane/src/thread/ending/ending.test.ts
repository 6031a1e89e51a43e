import type { TaskId } from "@aicd/core";
import type { Attempt } from "@aicd/db";
import { expect, it } from "vitest";
import { type EndingFacts, renderEnding } from "./ending.ts";
import { failingTests } from "./failing-tests.ts";

const TAP = `TAP version 13
ok 1 - adds
not ok 2 - rounds once
not ok 3 - later # TODO
✔ adds (1.2ms)
✖ rounds once (0.8ms)
✖ failing tests:

✖ rounds once (0.8ms)
  AssertionError: 3 !== 4`;
const CHECKS = `\`npm test\` ends with exit code 1 (1 passed, 1 failed); these did not fail before: rounds once:\n${TAP}`;
const HOSTILE =
  "<!-- aicd:status --> @octocat fixes #1 <img src=https://evil.example/x> ![x](https://evil.example) </details>\n```\n# Big\n";
const ARMED = /@octocat|<img|<!--|!\[x|fixes #1|<\/details> *\n```/;

const PATCH = "https://aicd.example.com/v1/organizations/ten_1/tasks/tsk_1/patch";
const started = new Date("2026-01-02T03:00:00Z");
const ATTEMPT = {
  number: 2,
  runId: 77,
  createdAt: started,
  endedAt: new Date("2026-01-02T03:12:00Z"),
} as Attempt;

function facts(task: Partial<EndingFacts["task"]>, others: Partial<EndingFacts> = {}): EndingFacts {
  return {
    task: {
      id: "tsk_1" as TaskId,
      issueNumber: 3,
      requestedBy: { login: "mona", id: 1 },
      spentMicroUsd: 120_000,
      budgetMicroUsd: 1_000_000,
      pullRequestNumber: null,
      branch: null,
      headSha: "c0ffee",
      reason: null,
      detail: null,
      state: "FAILED",
      ...task,
    } as EndingFacts["task"],
    repository: { owner: "acme", name: "widget" },
    standing: { state: task.state ?? "FAILED", hasPullRequest: false },
    attempt: ATTEMPT,
    rounds: { coded: 4, sentBack: 1 },
    findings: [],
    patchUrl: undefined,
    mayPublishPartial: false,
    serverUrl: "https://github.com",
    ...others,
  };
}

it("checks that fail are told with their tests by name, what was tried, what it cost and what can be done", () => {
  const findings = [
    { path: "src/sum.js", line: 3, severity: "major" as const, why: "Rounds twice.", wanted: "Once." },
  ];

  expect(
    renderEnding(
      facts(
        { reason: "checks_failed", detail: CHECKS },
        { findings, patchUrl: PATCH, mayPublishPartial: true },
      ),
    ),
  ).toMatchSnapshot();
});

it("a change that the policy stopped is told with the word that takes it", () => {
  const task = { state: "BLOCKED" as const, detail: "- `package.json` is protected.", branch: "aicd/3-sums" };
  const standing = { state: "BLOCKED" as const, hasPullRequest: false, hash: "0123456789ab" };

  expect(renderEnding(facts(task, { standing, patchUrl: PATCH }))).toMatchSnapshot();
});

it("an end that nobody here asked for says why", () => {
  const task = { state: "CANCELLED" as const, detail: "AI-CD was paused by @ada." };
  const standing = { state: "CANCELLED" as const, hasPullRequest: false };

  expect(
    renderEnding(facts(task, { standing, attempt: undefined, rounds: { coded: 0, sentBack: 0 } })),
  ).toMatchSnapshot();
});

it.each(["checks_failed", "not_approved_by_critic", "publishing_failed"] as const)(
  "%s: hostile words stay words, and end where their quote or fence ends",
  (reason) => {
    const detail = `\`npm test\` ends with exit code 1:\n${HOSTILE}✖ ${HOSTILE}\nfollow\n${HOSTILE}`;
    const findings = [
      { path: "a`b.js", line: 1, severity: "blocker" as const, why: HOSTILE, wanted: HOSTILE },
    ];

    const text = renderEnding(facts({ reason, detail, branch: "aicd/3-a" }, { findings }));

    const fences = /^(?<fence>`{3,})text\n[\s\S]*?\n\k<fence>$/gm;
    const prose = text.replaceAll(fences, "").replaceAll(/`[^`\n]*`/g, "");
    expect(prose).not.toMatch(ARMED);
    // A fence that is left over stands in a quote.
    expect(prose.split("\n").filter((line) => /^ {0,3}(```|#)/.test(line))).toEqual([
      "## ❌ This did not work out",
    ]);
    expect(text).toMatchSnapshot();
  },
);

it.each(["-x", "a b", "a\n@octocat", ""])("a login like %j is nobody's name", (login) => {
  const text = renderEnding(facts({ requestedBy: { login, id: 1 } }));

  expect(text.replaceAll(/`[^`\n]*`/g, "")).not.toContain("@");
});

it("what is long is cut between words and between lines", () => {
  const words = renderEnding(facts({ reason: "internal_error", detail: "wordy ".repeat(10_000) }));
  const output = `\`npm test\` ends with exit code 1:\n${"a whole line\n".repeat(200)}`;
  const lines = renderEnding(facts({ reason: "checks_failed", detail: output }));

  expect(words).toMatch(/^> (?:wordy )+…$/m);
  expect(lines).toMatch(/^```text\n…\n(?:a whole line\n)+```$/m);
  expect(words.length + lines.length).toBeLessThan(8_000);
});

it.each([
  ["node:test", TAP, ["rounds once"]],
  ["pytest", "FAILED tests/test_sum.py::test_rounds - assert 3 == 4", ["tests/test_sum.py::test_rounds"]],
  ["unittest", "FAIL: test_rounds (test_sum.Sum)", ["test_rounds (test_sum.Sum)"]],
  ["cargo", "test sum::rounds ... FAILED\ntest sum::adds ... ok", ["sum::rounds"]],
  ["go", "    --- FAIL: TestSum/rounds (0.00s)", ["TestSum/rounds"]],
  ["a heading", "✖ failing tests:", []],
])("names of failed tests in the output of %s", (_, output, names) => {
  expect(failingTests(output)).toEqual(names);
});
