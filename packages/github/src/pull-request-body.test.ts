import { ChangeSet, Evidence, Plan } from "@aicd/core";
import { expect, it } from "vitest";
import { type PullRequestFacts, renderPullRequest } from "./pull-request-body.ts";
import type { Round } from "./round-lines.ts";

const HOSTILE =
  "<!-- aicd:status --> @octocat fixes #1 <img src=https://evil.example/x> ![x](https://evil.example)";
const ARMED = /@octocat|<img|<!--|!\[x|fixes #1/;

const run = (exitCode: number, passed: number) => ({
  ...{ command: "npm test", exitCode, durationMs: 1_200, outputTail: "" },
  tests: { passed, failed: exitCode, skipped: 0 },
});
const change = (title: string, summary: string, ...paths: string[]) =>
  ChangeSet.parse({
    baseSha: "b".repeat(40),
    title,
    summary,
    files: paths.map((path) => ({
      ...{ kind: "write", path, mode: "100644", baseMode: "100644", contentBase64: "" },
    })),
  });
const PLAN = Plan.parse({
  title: "Round once",
  understanding: "Sums are rounded twice.",
  cause: "Each share is rounded before they are added.",
  files: [{ path: "src/sum.js", change: "Round the sum." }],
  tests: [],
  checks: [],
  risks: [],
  questions: [],
  estimate: { changedLines: 4, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.4 },
});

const FIRST: Round = {
  changeSet: change("Round once", "Sums are rounded once, at the end.", "src/sum.js", "src/sum.test.js"),
  evidence: Evidence.parse({
    setup: [],
    before: [run(0, 3)],
    reproduction: [run(1, 3)],
    after: [run(0, 4)],
    testChanges: { fixed: [], broken: [], added: ["three thirds make a whole"], gone: [] },
    sandbox: "bwrap",
  }),
  policy: [],
  askedBy: ["mona"],
  threads: [],
  sha: "1111111aaaa",
};
const SECOND: Round = {
  changeSet: change("Name the unit", "The unit is in the name.", "src/sum.js"),
  evidence: Evidence.parse({
    setup: [],
    before: [run(0, 4)],
    reproduction: [],
    after: [run(0, 4)],
    testChanges: { fixed: [], broken: [], added: [], gone: [] },
    sandbox: "bwrap",
  }),
  policy: [],
  askedBy: ["mona", "ada"],
  threads: [
    {
      path: "src/sum.js",
      line: 3,
      receipt: { commentId: 1, kind: "changed", text: "It is `sumCents` now." },
    },
    { path: "src/sum.js", line: null, receipt: { commentId: 2, kind: "declined", text: "It is public." } },
    { path: "README.md", line: 1, receipt: undefined },
  ],
  sha: "2222222bbbb",
};
const files = {
  isWhole: true,
  files: [
    { path: "src/sum.js", status: "modified", additions: 3, deletions: 2 },
    { path: "src/sum.test.js", status: "added", additions: 9, deletions: 0 },
  ],
};

function facts(part: Partial<PullRequestFacts>): PullRequestFacts {
  return {
    issueNumber: 3,
    requestedBy: "mona",
    plan: { body: PLAN, hash: "a1b2c3d4e5f6" },
    rounds: [FIRST],
    critic: { approved: true, summary: "Looks right.", findings: [] },
    spentMicroUsd: 120_000,
    runUrl: "https://github.com/acme/widget/actions/runs/7",
    took: "12 min",
    approvedBy: "ada",
    ...part,
  };
}

it("a change of one round is told as it is", () => {
  expect(renderPullRequest(facts({}))).toMatchSnapshot();
});

it("after a second round the text is of the whole change: the proof of the bug is there, and each round is told", () => {
  const text = renderPullRequest(facts({ rounds: [FIRST, SECOND], files }));

  expect(text).toMatchSnapshot();
  expect(text).toContain("| new tests, old code | `npm test` | 1 |");
  expect(text).toContain("new and green: `three thirds make a whole`");
});

it("what a person pushed in between is a part of the change, and none of the plan", () => {
  const pushed = { path: "theirs.js", status: "added", additions: 1, deletions: 0 };
  const whole = { ...files, files: [...files.files, pushed] };

  const text = renderPullRequest(facts({ rounds: [FIRST, SECOND], files: whole }));

  expect(text).toContain("3 files");
  expect(text).toMatch(/### Unplanned changes\n\n- `src\/sum.test.js`\n- `theirs.js`\n/);
});

it("unfinished work says so, and closes no issue when it is merged", () => {
  const text = renderPullRequest(facts({ rounds: [{ ...FIRST, partial: true }] }));

  expect(text).toMatch(/^Unfinished work on #3\n\n> \[!WARNING\]/);
  expect(text).not.toContain("Fixes #3");
});

it("unfinished work that a later round finished is unfinished no more, and its round says what it was", () => {
  const text = renderPullRequest(facts({ rounds: [{ ...FIRST, partial: true }, SECOND], files }));

  expect(text).toMatch(/^Fixes #3\n/);
  expect(text).toContain("#### Round 1 · asked for by @\u2060mona · unfinished · 1111111");
});

it("a file that the API could not keep executable is named with the way to mend it", () => {
  expect(renderPullRequest(facts({ lostModes: ["run.sh"] }))).toMatch(
    /### No longer executable\n\n- `run.sh` was, and GitHub's API cannot keep it: `git update-index --chmod=\+x`/,
  );
});

it("words of strangers are words only, in every round", () => {
  const round: Round = {
    ...SECOND,
    changeSet: { ...SECOND.changeSet, summary: HOSTILE },
    askedBy: [HOSTILE],
    threads: [{ path: HOSTILE, line: 1, receipt: { commentId: 1, kind: "changed", text: HOSTILE } }],
  };

  const text = renderPullRequest(facts({ rounds: [FIRST, round] }));

  expect(text.replaceAll(/`[^`\n]*`/g, "")).not.toMatch(ARMED);
});
