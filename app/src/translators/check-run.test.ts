import { createMint } from "@aicd/core";
import { expect, it } from "vitest";
import { payloadOf } from "../testing/payloads.ts";
import { createRecorder, loadApp, type Reached } from "../testing/recorder.ts";

const taskId = createMint({ now: () => 1, random: (n) => new Uint8Array(n) })("task");
const OURS = `${taskId}#42`;
const HASH = "0123456789ab";
const PERSON = { ...payloadOf("check_run.requested_action").sender, type: "User", login: "mona", id: 3 };
const SAID = {
  issueNumber: 42,
  actor: { login: "mona", id: 3 },
  source: { kind: "check_run", checkRunId: payloadOf("check_run.requested_action").check_run.id },
};

type Permission = "admin" | "write" | "read" | "none";

async function press(
  identifier: string | undefined,
  given: { key?: string; sender?: object; permission?: Permission; action?: string } = {},
): Promise<Reached[]> {
  const { key = OURS, sender = PERSON, permission = "write", action = "requested_action" } = given;
  const example = payloadOf("check_run.requested_action");
  const { inbox, reached } = createRecorder(async () => permission);
  const { receive } = await loadApp(inbox);
  await receive("d1", "check_run", {
    ...example,
    action,
    sender,
    installation: { id: 7, node_id: "n" },
    check_run: { ...example.check_run, external_id: key },
    ...(identifier === undefined ? {} : { requested_action: { identifier } }),
  });
  return reached;
}

it.each([
  [`approve:${HASH}`, { ...SAID, type: "plan.approved", hash: HASH }],
  ["retry", { ...SAID, type: "retry.requested", text: "", flags: {} }],
  ["cancel", { ...SAID, type: "task.cancelled", reason: "@mona asked for it" }],
])("%s is the command of that name", async (identifier, intent) => {
  expect(await press(identifier)).toMatchObject([{ kind: "accepted", key: `d1:${intent.type}`, intent }]);
});

it("a check run that is asked for again is a retry", async () => {
  expect(await press(undefined, { action: "rerequested" })).toMatchObject([
    { kind: "accepted", intent: { ...SAID, type: "retry.requested" } },
  ]);
});

it.each(
  (["approve:0123456789ab", "retry", "cancel"] as const).flatMap((identifier) =>
    (["admin", "write", "read", "none"] as const).map((permission) => ({
      ...{ identifier, permission },
      does: permission === "admin" || permission === "write" ? "accepted" : "refused",
    })),
  ),
)("$identifier pressed with $permission permission is $does", async ({ identifier, permission, does }) => {
  expect(await press(identifier, { permission })).toMatchObject([{ kind: does }]);
});

it.each([
  ["no button of ours", "merge", {}],
  ["no button at all", undefined, {}],
  ["another App's check run", "retry", { key: "build-1" }],
  ["a check run without a key", "retry", { key: "" }],
  ["a bot", "retry", { sender: { ...PERSON, type: "Bot" } }],
])("nothing comes of %s", async (_what, identifier, given) => {
  expect(await press(identifier, given)).toEqual([]);
});
