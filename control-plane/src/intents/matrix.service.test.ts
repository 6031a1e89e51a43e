import { isTerminal, TASK_STATES, type TaskState, type ThreadIntent } from "@aicd/core";
import { expect, it } from "vitest";
import { createTaskWorld, MONA, type Planted } from "../testing/tasks.ts";
import { reactionTo, wordOf } from "./outcome.ts";
import { refusalRow } from "./refusals.ts";
import { MATRIX, WITH_PULL_REQUEST } from "./testing/matrix.ts";

const world = await createTaskWorld();

type Said = ThreadIntent["type"];
type Build = (
  planted: Pick<Planted, "hash" | "digest"> & { issueNumber: number; pullRequestNumber: number },
) => ThreadIntent;

const source = { kind: "issue_comment" as const, commentId: 5 };
const onIssue = (issueNumber: number) => ({ issueNumber, actor: MONA, source });

/** One of each, as the person who asked for the task would say it. */
const INTENTS: { [T in Said]: Build } = {
  "task.requested": ({ issueNumber }) => ({
    ...onIssue(issueNumber),
    type: "task.requested",
    mode: "wait",
    text: "",
    flags: {},
  }),
  "plan.approved": ({ issueNumber, hash, digest }) => ({
    ...onIssue(issueNumber),
    type: "plan.approved",
    hash: hash === "" ? digest.slice(0, 12) : hash,
  }),
  "plan.revised": ({ issueNumber }) => ({ ...onIssue(issueNumber), type: "plan.revised", text: "shorter" }),
  "retry.requested": ({ issueNumber }) => ({
    ...onIssue(issueNumber),
    type: "retry.requested",
    text: "",
    flags: {},
  }),
  "task.cancelled": ({ issueNumber }) => ({
    ...onIssue(issueNumber),
    type: "task.cancelled",
    reason: "@mona cancelled it",
  }),
  "status.requested": ({ issueNumber }) => ({
    ...onIssue(issueNumber),
    type: "status.requested",
    verb: "explain",
  }),
  "command.unclear": ({ issueNumber }) => ({
    ...onIssue(issueNumber),
    type: "command.unclear",
    problem: "`fly` is not a command.",
  }),
  "revision.requested": ({ pullRequestNumber }) => ({
    type: "revision.requested",
    pullRequestNumber,
    reviewId: 77,
    bare: false,
    actor: MONA,
    source: { kind: "review", reviewId: 77, nodeId: "PRR_77" },
  }),
  "pull_request.merged": ({ pullRequestNumber }) => ({
    type: "pull_request.merged",
    pullRequestNumber,
    actor: MONA,
    source: { kind: "system" },
  }),
  "pull_request.retargeted": ({ pullRequestNumber }) => ({
    type: "pull_request.retargeted",
    pullRequestNumber,
    base: "next",
    actor: MONA,
    source: { kind: "system" },
  }),
  "pull_request.closed": ({ pullRequestNumber }) => ({
    type: "pull_request.closed",
    pullRequestNumber,
    actor: MONA,
    source: { kind: "system" },
  }),
};

const states: (TaskState | "NONE")[] = ["NONE", ...TASK_STATES];
type Case = { state: TaskState | "NONE"; said: Said; expected: string; withPullRequest?: boolean };
const cases: Case[] = states.flatMap((state) =>
  (Object.keys(INTENTS) as Said[]).map((said) => ({ state, said, expected: MATRIX[state][said] })),
);
const atWorkAgain: Case[] = Object.entries(WITH_PULL_REQUEST).flatMap(([state, row]) =>
  Object.entries(row).map(([said, expected]) => ({
    state: state as TaskState,
    said: said as Said,
    expected,
    withPullRequest: true,
  })),
);

it.each(cases)("$state × $said: $expected", check);
it.each(atWorkAgain)("$state of a pull request × $said: $expected", check);

async function check({ state, said, expected, withPullRequest }: Case): Promise<void> {
  const planted =
    state === "NONE"
      ? undefined
      : await world.task(state, withPullRequest === undefined ? {} : { withPullRequest });
  const issueNumber = planted?.task.issueNumber ?? world.nextIssue();
  const intent = INTENTS[said]({
    issueNumber,
    pullRequestNumber: planted?.task.pullRequestNumber ?? 100_000 + issueNumber,
    hash: state === "BLOCKED" ? "" : (planted?.hash ?? "0".repeat(12)),
    digest: planted?.digest ?? "",
  });

  const outcome = await world.say(intent, "admin");

  const owed = await world.owed();
  const after = planted === undefined ? undefined : await world.find(planted.task.id);
  const became = after === undefined || after.state === state ? "" : ` → ${after.state}`;
  const jobs = owed.filter(({ job }) => !["react", "index-repository"].includes(job)).map(({ job }) => job);
  expect(`${wordOf(outcome)}${became}${jobs.length > 0 ? ` · ${jobs.sort().join(", ")}` : ""}`).toBe(
    expected,
  );

  // The first answer is where it was said, and is the one of the outcome.
  const reaction = intent.source.kind === "system" ? undefined : reactionTo(outcome);
  expect(owed.find(({ job }) => job === "react")?.payload.content).toBe(reaction);
  // No 😕 without a word, and no word that the person would not read on their thread.
  const words = await world.said("issueNumber" in intent ? intent.issueNumber : intent.pullRequestNumber);
  if (outcome.kind === "refused") {
    expect(words).toHaveLength(1);
    const sentence =
      intent.type === "command.unclear" ? intent.problem : refusalRow(outcome.refusal).sentence;
    expect(words[0]).toContain(sentence);
    if (state !== "NONE") expect(words[0]).toContain(`**${state}**`);
    if (state !== "NONE" && isTerminal(state)) expect(words[0]).toContain("starts a new task");
  } else if (said !== "status.requested") expect(words).toEqual([]);
}
