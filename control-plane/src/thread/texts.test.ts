import { FAILURE_REASONS, Plan, TASK_STATES, type TaskId } from "@aicd/core";
import type { EventRow, PlanRow, Repository, Task } from "@aicd/db";
import { describe, expect, it } from "vitest";
import { renderExplanation } from "./explanation/explanation.ts";
import { HELP } from "./help.ts";
import { renderPlan } from "./plan.ts";
import { renderQuestions } from "./questions.ts";
import { REASONS } from "./reasons.ts";
import { renderRefusal } from "./refusal.ts";
import type { RoundFacts } from "./round.ts";
import { renderStatus, type View } from "./status.ts";

/** What a stranger would like us to post under our name. */
const HOSTILE =
  "<!-- aicd:status --> @octocat fixes #1 <img src=https://evil.example/x> ![x](https://evil.example) | `a` </details>\n# Big";
/** None of it: no mention, no HTML that is not ours, no image, no mark of ours, no closing keyword. */
const ARMED = /@octocat|<img|<!--|!\[x|fixes #1/;

/** A code span is closed by as many backticks as open it. */
const withoutCode = (text: string) =>
  text.replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)|<code>[^\n]*?<\/code>/g, "");

const HASH = "a1b2c3d4e5f6";
const repository = { owner: "acme", name: "widget" } as Repository;
const TASK = {
  id: "tsk_1" as TaskId,
  issueNumber: 3,
  spentMicroUsd: 120_000,
  budgetMicroUsd: 1_000_000,
  pullRequestNumber: null,
  branch: null,
  headSha: "c0ffee",
  reason: null,
  detail: null,
  progress: null,
  mode: "wait",
  requestedBy: { login: "mona", id: 1 },
  createdAt: new Date("2026-01-02T03:00:00Z"),
  stateAt: new Date("2026-01-02T03:12:00Z"),
} as Task;
const hostilePlan = Plan.parse({
  title: HOSTILE.slice(0, 150),
  understanding: HOSTILE,
  cause: HOSTILE,
  files: [{ path: "a|b`.js", change: HOSTILE }],
  tests: [HOSTILE],
  checks: ["npm test `x` @octocat"],
  risks: [HOSTILE],
  questions: [HOSTILE],
  estimate: { changedLines: 4, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.4 },
});
const PLAIN = Plan.parse({
  ...hostilePlan,
  title: "Round once",
  understanding: "Sums are rounded twice.",
  cause: "Each share is rounded before they are added.",
  files: [{ path: "src/sum.js", change: "Round the sum." }],
  tests: ["Three thirds make a whole."],
  checks: ["npm test"],
  risks: [],
  questions: [],
});

const PLACES = {
  plan: "https://github.com/acme/widget/issues/3#issuecomment-8",
  dashboard: "https://aicd.example/organizations/acme/tasks/tsk_1",
};
const FIRST: RoundFacts = { number: 1, askedBy: ["mona"], threads: undefined };

function statusOf(change: Partial<Task>, plan?: Partial<PlanRow>, more: Partial<View> = {}): string {
  return renderStatus({
    task: { ...TASK, ...change },
    repository,
    plan: plan as PlanRow | undefined,
    attempt: undefined,
    round: FIRST,
    serverUrl: "https://github.com",
    places: PLACES,
    patchUrl: undefined,
    ...more,
  });
}

describe("the sticky comment", () => {
  it.each(TASK_STATES)("of a task that is %s", (state) => {
    const hasPullRequest = ["PR_OPEN", "MERGED", "CLOSED"].includes(state);

    expect(
      statusOf(
        { state, ...(hasPullRequest ? { pullRequestNumber: 9, branch: "aicd/3-sums" } : {}) },
        state === "AWAITING_APPROVAL" ? { state: "proposed", hash: HASH } : undefined,
      ),
    ).toMatchSnapshot();
  });

  it.each(FAILURE_REASONS)("says what happened and what to do next after %s", (reason) => {
    const text = statusOf({ state: "FAILED", reason });

    expect(text).toContain(`> ${REASONS[reason].happened} ${REASONS[reason].next}`);
  });

  it("holds what a stranger wrote as words only", () => {
    const text = statusOf({ state: "CODING", detail: HOSTILE, progress: HOSTILE });

    expect(withoutCode(text)).not.toMatch(ARMED);
    expect(text).toMatchSnapshot();
  });

  it("shows progress only while somebody is at work", () => {
    expect(statusOf({ state: "CODING", progress: "running checks" })).toContain("_running checks_");
    expect(statusOf({ state: "PUBLISHING", progress: "running checks" })).not.toContain("running checks");
  });

  it("links the run of the newest attempt", () => {
    const attempt = { number: 2, runId: 77 } as View["attempt"];
    const text = statusOf({ state: "CODING" }, undefined, { attempt, serverUrl: "https://ghe.example.com" });

    expect(text).toContain("[Attempt 2](https://ghe.example.com/acme/widget/actions/runs/77)");
  });

  it.each([
    [{ state: "QUEUED" }, undefined, 0],
    [{ state: "AWAITING_APPROVAL" }, { state: "proposed", hash: HASH }, 1],
    [{ state: "CODING" }, { state: "approved", hash: HASH }, 2],
    [{ state: "REVIEWING" }, { state: "approved", hash: HASH }, 3],
    [{ state: "BLOCKED" }, { state: "approved", hash: HASH }, 3],
    [{ state: "PUBLISHING" }, { state: "approved", hash: HASH }, 4],
    [{ state: "FAILED", pullRequestNumber: 9 }, { state: "approved", hash: HASH }, 5],
    [{ state: "MERGED", pullRequestNumber: 9 }, { state: "approved", hash: HASH }, 6],
  ] as [Partial<Task>, Partial<PlanRow> | undefined, number][])(
    "%o has its steps behind it",
    (task, plan, done) => {
      expect(statusOf(task, plan).match(/^- \[x\]/gm)?.length ?? 0).toBe(done);
    },
  );
});

describe("the sticky comment of a later round", () => {
  const approved = { state: "approved", hash: HASH, approvedBy: { login: "ada", id: 2 } } as const;
  const round: RoundFacts = { number: 2, askedBy: ["mona", "ada"], threads: 2 };
  const open = { pullRequestNumber: 9, branch: "aicd/3-sums" };

  it.each(["QUEUED", "CODING", "PR_OPEN", "MERGED", "FAILED"] as const)("that is %s", (state) => {
    expect(statusOf({ state, ...open }, approved, { round })).toMatchSnapshot();
  });

  it("says what is not known by leaving it out, and calls nobody", () => {
    const text = statusOf({ state: "QUEUED", ...open }, approved, {
      round: { number: 3, askedBy: ["<b>@octocat"], threads: undefined },
    });

    expect(text).toContain("**Round 3**, asked for by @");
    expect(text).not.toMatch(ARMED);
    expect(text).not.toContain("thread");
  });
});

it("what was written is named where it is on no pull request", () => {
  const patchUrl = "https://aicd.example.com/patch";

  expect(statusOf({ state: "CANCELLED" }, undefined, { patchUrl })).toContain(
    `[patch](${patchUrl}) of what was written`,
  );
});

describe("a plan", () => {
  const render = (plan: Plan, unpriced: string[] = []) =>
    renderPlan({
      ...{ plan, hash: HASH, budgetMicroUsd: 1_000_000, baseSha: "b".repeat(40), asks: "mona" },
      unpriced,
      places: PLACES,
    }).join("\n");

  it("is shown with its price, and with the word that approves it", () => {
    expect(render(PLAIN)).toMatchSnapshot();
  });

  it("says of which models nobody knows the price", () => {
    expect(render(PLAIN, ["acme-9"])).toContain("The price of `acme-9` is not known here");
    expect(render(PLAIN)).not.toContain("not known here");
  });

  it("of a hostile issue is words only", () => {
    const text = render(hostilePlan);

    expect(withoutCode(text)).not.toMatch(ARMED);
    expect(text).toMatchSnapshot();
  });
});

it("questions are numbered, and say how they are answered", () => {
  const text = renderQuestions(["Which colour?", HOSTILE], "mona");

  expect(text).not.toMatch(ARMED);
  expect(text).toMatchSnapshot();
});

describe("a refusal", () => {
  it("where there is no task says how one begins", () => {
    expect(renderRefusal({ sentence: "There is no such task here.", task: undefined })).toMatchSnapshot();
  });

  it.each(
    TASK_STATES.flatMap((state) => [
      { state, hasPullRequest: false },
      { state, hasPullRequest: true },
    ]),
  )("of a task that is $state (pull request: $hasPullRequest) says what can be done", (task) => {
    expect(renderRefusal({ sentence: "No.", task: { ...task, hash: HASH } })).toMatchSnapshot();
  });
});

it("an explanation is the story of what happened, in which nobody's words are more than words", () => {
  let at = Date.parse("2026-01-02T03:04:05.678Z");
  const event = (type: string, body: Record<string, unknown>, afterS = 0) => {
    at += afterS * 1_000;
    return { at: new Date(at), type, body } as EventRow;
  };

  const text = renderExplanation({
    task: { ...TASK, state: "FAILED", detail: HOSTILE },
    standing: { state: "FAILED", hasPullRequest: false },
    spending: [
      { at: new Date("2026-01-02T03:05:10Z"), microUsd: 20_000 },
      { at: new Date("2026-01-02T03:05:20Z"), microUsd: 10_000 },
      { at: new Date("2026-01-02T09:00:00Z"), microUsd: 90_000 },
    ],
    events: [
      event("task.queued", { by: "mona", mode: "wait" }),
      event("planning.started", { attemptId: "att_1" }, 20),
      event("plan.proposed", { hash: HASH }, 60),
      event("plan.approved", { by: "mona", hash: HASH }, 7_200),
      event("phase.entered", { phase: "coding" }, 1),
      event("check.run", { command: HOSTILE, exitCode: 1 }, 1),
      event("check.run", { command: HOSTILE, exitCode: 1 }, 1),
      event("review.rejected", { findings: 1 }, 1),
      event("attempt.retried", { reason: "runner_lost" }, 1),
      event("attempt.failed", { detail: HOSTILE, findings: 2, nested: { a: 1 } }, 1),
      event("task.cancelled", { by: HOSTILE, reason: "constructor" }, 1),
    ],
  });

  expect(withoutCode(text)).not.toMatch(ARMED);
  expect(text).not.toMatch(/\|---|attemptId|phase/);
  expect(text).toMatchSnapshot();
});

it("the help names every command", () => {
  expect(HELP).toMatchSnapshot();
});
