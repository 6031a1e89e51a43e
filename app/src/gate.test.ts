import type { Author, IntentSource, ThreadIntent } from "@aicd/core";
import { expect, it } from "vitest";
import { gate } from "./gate.ts";
import { createRecorder } from "./testing/recorder.ts";

const REPOSITORY = { installationId: 1, repositoryId: 2, owner: "acme", name: "shop" };
const ACTOR = { login: "mona", id: 3 };
const COMMENT: IntentSource = { kind: "issue_comment", commentId: 4 };
const SYSTEM: IntentSource = { kind: "system" };

const issue = { issueNumber: 5, actor: ACTOR, source: COMMENT };
const pullRequest = { pullRequestNumber: 6, actor: ACTOR, source: SYSTEM };
const review = { pullRequestNumber: 6, actor: ACTOR };

/** One intent of each kind; a kind that nobody names here does not compile. */
const INTENTS = {
  "task.requested": { ...issue, type: "task.requested", mode: "wait", text: "", flags: {} },
  "plan.approved": { ...issue, type: "plan.approved", hash: "0123456789ab" },
  "plan.revised": { ...issue, type: "plan.revised", text: "smaller" },
  "retry.requested": { ...issue, type: "retry.requested", text: "", flags: {} },
  "task.cancelled": { ...issue, type: "task.cancelled", reason: "@mona asked for it" },
  "status.requested": { ...issue, type: "status.requested", verb: "status" },
  "command.unclear": { ...issue, type: "command.unclear", problem: "`x` is not a command." },
  "revision.requested": {
    ...review,
    type: "revision.requested",
    reviewId: 7,
    bare: false,
    source: { kind: "review", reviewId: 7, nodeId: "R_7" },
  },
  "pull_request.merged": { ...pullRequest, type: "pull_request.merged" },
  "pull_request.closed": { ...pullRequest, type: "pull_request.closed" },
  "pull_request.retargeted": { ...pullRequest, type: "pull_request.retargeted", base: "next" },
} as const satisfies { [Type in ThreadIntent["type"]]: ThreadIntent & { type: Type } };

const FACTS: ThreadIntent[] = [
  INTENTS["pull_request.merged"],
  INTENTS["pull_request.closed"],
  INTENTS["pull_request.retargeted"],
  { ...INTENTS["task.cancelled"], source: SYSTEM, reason: "the issue was closed" },
];
const WISHES = Object.values(INTENTS).filter(
  (intent) => !FACTS.some(({ type, source }) => type === intent.type && source === intent.source),
);
const PERMISSIONS: [permission: Author["permission"], passes: boolean][] = [
  ["admin", true],
  ["write", true],
  ["read", false],
  ["none", false],
];

it.each(
  WISHES.flatMap((intent) => PERMISSIONS.map(([permission, passes]) => ({ intent, permission, passes }))),
)("$intent.type of somebody with $permission passes: $passes", async ({ intent, permission, passes }) => {
  const { inbox, reached, asked } = createRecorder(async () => permission);

  await gate(inbox, "d1", REPOSITORY, intent);

  const told = { key: "d1", repository: REPOSITORY, intent };
  expect(asked).toEqual(["mona"]);
  expect(reached).toEqual([
    passes ? { kind: "accepted", ...told, permission } : { kind: "refused", ...told },
  ]);
});

it.each(FACTS)(
  "$type is a fact of GitHub's ($source.kind): nobody is asked, nobody has said it",
  async (intent) => {
    const { inbox, reached, asked } = createRecorder(async () => "none");

    await gate(inbox, "d1", REPOSITORY, intent);

    expect(asked).toEqual([]);
    expect(reached).toEqual([
      { kind: "accepted", key: "d1", repository: REPOSITORY, intent, permission: "none" },
    ]);
  },
);

it("an answer GitHub does not give is neither yes nor no", async () => {
  const { inbox, reached } = createRecorder(async () => {
    throw new Error("GitHub is down");
  });

  await expect(gate(inbox, "d1", REPOSITORY, INTENTS["task.requested"])).rejects.toThrow("GitHub is down");

  expect(reached).toEqual([]);
});
