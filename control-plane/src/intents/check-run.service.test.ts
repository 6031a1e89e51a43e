import { type ButtonWish, type Role, TASK_STATES, type TaskState, type ThreadIntent } from "@aicd/core";
import { expect, it } from "vitest";
import { createTaskWorld, type Planted } from "../testing/tasks.ts";
import { wordOf } from "./outcome.ts";

const world = await createTaskWorld();

type Verb = ButtonWish["verb"];
const NOTHING = {
  approve: "refused.nothing.to.approve",
  retry: "refused.nothing.to.retry",
  cancel: "refused.nothing.to.cancel",
} as const satisfies Record<Verb, string>;

/** What each button does, pressed by a member; where it differs for an admin, that comes second. */
const DOES: Record<TaskState, Partial<Record<Verb, string | [string, string]>>> = {
  QUEUED: { cancel: "task.cancelled" },
  PLANNING: { cancel: "task.cancelled" },
  AWAITING_APPROVAL: { approve: "plan.approved", cancel: "task.cancelled" },
  NEEDS_INPUT: { cancel: "task.cancelled" },
  CODING: { cancel: "task.cancelled" },
  REVIEWING: { cancel: "task.cancelled" },
  BLOCKED: {
    approve: ["refused.override.forbidden", "policy.overridden"],
    retry: "retry.queued",
    cancel: "task.cancelled",
  },
  PUBLISHING: { cancel: "task.cancelled" },
  PR_OPEN: {},
  FAILED: { retry: "retry.queued" },
  MERGED: {},
  CLOSED: {},
  CANCELLED: {},
};

function pressed({ task, hash, digest }: Planted, verb: Verb): ThreadIntent {
  const said = {
    issueNumber: task.pullRequestNumber ?? 0,
    actor: { login: "mona", id: 3 },
    source: { kind: "check_run" as const, checkRunId: 5 },
  };
  if (verb === "retry") return { ...said, type: "retry.requested", text: "", flags: {} };
  if (verb === "cancel") return { ...said, type: "task.cancelled", reason: "@mona asked for it" };
  return { ...said, type: "plan.approved", hash: task.state === "BLOCKED" ? digest.slice(0, 12) : hash };
}

const CASES = TASK_STATES.flatMap((state) =>
  (["approve", "retry", "cancel"] as const).flatMap((verb) =>
    (["member", "admin"] as const satisfies Role[]).map((role) => {
      const does = DOES[state][verb] ?? NOTHING[verb];
      return { state, verb, role, does: Array.isArray(does) ? does[role === "member" ? 0 : 1] : does };
    }),
  ),
);

it.each(CASES)("$verb on a task that is $state, by $role: $does", async ({ state, verb, role, does }) => {
  const planted = await world.task(state, { withPullRequest: true });

  const outcome = await world.say(pressed(planted, verb), role);

  const owed = await world.owed();
  const lines = await world.said(planted.task.pullRequestNumber ?? 0);
  expect(wordOf(outcome)).toBe(does);
  // A check run takes no reaction: what was done shows on it, what was not is answered on the pull request.
  expect(owed.map(({ job }) => job)).not.toContain("react");
  expect(lines).toHaveLength(outcome.kind === "refused" ? 1 : 0);
});

it("a button of a plan or change that is no longer on the table approves nothing", async () => {
  const planted = await world.task("BLOCKED", { withPullRequest: true });

  const outcome = await world.say(pressed({ ...planted, digest: "0".repeat(64) }, "approve"), "admin");

  expect(wordOf(outcome)).toBe("refused.hash.wrong");
});
