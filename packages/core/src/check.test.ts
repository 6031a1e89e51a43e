import { describe, expect, it } from "vitest";
import { buttonsOf, CHECK_BUTTONS, checkKey, readButton, readCheckKey } from "./check.ts";
import { createMint } from "./id.ts";
import { TASK_STATES, type TaskState } from "./states.ts";

const HASH = "0123456789ab";

/** What can be pressed in each state of a task whose pull request is open. */
const BUTTONS: Record<TaskState, string[]> = {
  QUEUED: ["cancel"],
  PLANNING: ["cancel"],
  AWAITING_APPROVAL: [`approve:${HASH}`, "cancel"],
  NEEDS_INPUT: ["cancel"],
  CODING: ["cancel"],
  REVIEWING: ["cancel"],
  BLOCKED: [`approve:${HASH}`, "retry", "cancel"],
  PUBLISHING: ["cancel"],
  PR_OPEN: [],
  FAILED: ["retry"],
  MERGED: [],
  CLOSED: [],
  CANCELLED: [],
};

describe("the buttons of a check run", () => {
  it.each(TASK_STATES)("%s has those its state takes, as GitHub takes them", (state) => {
    const buttons = buttonsOf({ state, hasPullRequest: true, hash: HASH });

    expect(buttons.map(({ identifier }) => identifier)).toEqual(BUTTONS[state]);
    expect(buttons.length).toBeLessThanOrEqual(CHECK_BUTTONS.count);
    for (const button of buttons) {
      expect(button.label.length).toBeLessThanOrEqual(CHECK_BUTTONS.label);
      expect(button.description.length).toBeLessThanOrEqual(CHECK_BUTTONS.description);
      expect(button.identifier.length).toBeLessThanOrEqual(CHECK_BUTTONS.identifier);
      expect(readButton(button.identifier)).toBeDefined();
    }
  });

  it("approve nothing that has no hash", () => {
    const buttons = buttonsOf({ state: "BLOCKED", hasPullRequest: true });

    expect(buttons.map(({ identifier }) => identifier)).toEqual(["retry", "cancel"]);
  });

  it.each([
    "",
    "approve",
    "approve:",
    `approve:${HASH}0`,
    "approve:0123456789AB",
    "retry ",
    "merge",
    "constructor",
  ])("none is called %j", (identifier) => expect(readButton(identifier)).toBeUndefined());
});

describe("the key of a check run", () => {
  const taskId = createMint({ now: () => 1, random: (n) => new Uint8Array(n) })("task");

  it("leads back to task and pull request", () => {
    expect(readCheckKey(checkKey({ taskId, pullRequestNumber: 12 }))).toEqual({
      taskId,
      pullRequestNumber: 12,
    });
  });

  it.each(["", "#12", "tsk_x#12", `${taskId}`, `${taskId}#`, `${taskId}#0`, `${taskId}#1#2`, `${taskId}#-1`])(
    "%j is none of ours",
    (key) => expect(readCheckKey(key)).toBeUndefined(),
  );
});
