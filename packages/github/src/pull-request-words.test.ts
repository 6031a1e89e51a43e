import { LIMITS } from "@aicd/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type PullRequestFacts, renderPullRequest } from "./pull-request-body.ts";
import type { Round } from "./round-lines.ts";
import { actsOf, HOSTILE, hostileText, readable, render } from "./testing/rendered.ts";

const runOf = (text: string) => ({
  ...{ command: text, exitCode: 1, durationMs: 1, outputTail: text },
  tests: { passed: 1, failed: 1, skipped: 0 },
});
const names = (text: string) => ({ fixed: [text], broken: [text], added: [text], gone: [text] });

function roundOf(text: string): Round {
  return {
    changeSet: {
      ...{ baseSha: "b".repeat(40), title: text, summary: text },
      files: [{ kind: "delete", path: text }],
    },
    evidence: {
      ...{ setup: [runOf(text)], before: [runOf(text)], reproduction: [runOf(text)], after: [runOf(text)] },
      ...{ testChanges: names(text), weakened: [{ path: text, what: text }], sandbox: text },
    },
    policy: [{ rule: "r", level: "notice", path: text, message: text }],
    askedBy: ["ada"],
    threads: [{ path: text, line: 3, receipt: { commentId: 1, kind: "changed", text } }],
    sha: "1111111aaaa",
  } as unknown as Round;
}

function factsOf(text: string, rounds: [Round, ...Round[]]): PullRequestFacts {
  return {
    ...{ issueNumber: 3, requestedBy: "mona", rounds, spentMicroUsd: 1, took: "1 min", approvedBy: "ada" },
    plan: {
      body: {
        ...{ title: text, understanding: text, cause: text, files: [{ path: "other.js", change: text }] },
        ...{ tests: [], checks: [], risks: [], questions: [] },
        estimate: { changedLines: 1, lowUsd: 1, likelyUsd: 1, highUsd: 1 },
      },
      hash: "a1b2c3d4e5f6",
    },
    critic: {
      ...{ approved: true, summary: text },
      findings: [{ path: text, line: 3, severity: "minor", why: text, wanted: text }],
    },
    runUrl: "https://github.com/acme/widget/actions/runs/7",
    files: { isWhole: true, files: [{ path: text, status: "added", additions: 1, deletions: 0 }] },
    lostModes: [text],
    edits: [
      { what: "body", of: text, patch: text },
      { what: "newer", of: "ada", patch: text },
    ],
  };
}

it.each([1, 2])(
  "a pull request of %i rounds shows others' words as they are, and does nothing they say",
  (count) => {
    const write = (text: string) => {
      const round = roundOf(text);
      return renderPullRequest(factsOf(text, [round, ...Array.from({ length: count - 1 }, () => round)]));
    };
    const frame = render(write("word"));
    const check = (text: string) => {
      if (text.trim() === "") return;
      const markdown = write(text);
      const { skeleton, words, text: shown } = render(markdown);
      expect(skeleton).toEqual(frame.skeleton);
      expect([...new Set(actsOf(words))]).toEqual(["@mona", "Fixes #3"]);
      expect(readable(shown)).toBe(readable(frame.text).replaceAll("word", () => readable(text)));
      expect(markdown.length).toBeLessThanOrEqual(LIMITS.commentCharacters);
    };
    for (const text of HOSTILE) check(text);
    fc.assert(fc.property(hostileText, check), { numRuns: 15 });
  },
);

it("a login that is none calls nobody", () => {
  const text = renderPullRequest({ ...factsOf("x", [roundOf("x")]), requestedBy: "mona @octocat" });

  expect(actsOf(render(text).words)).toEqual(["Fixes #3"]);
});
