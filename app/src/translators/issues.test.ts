import { expect, it } from "vitest";
import { payloadOf } from "../testing/payloads.ts";
import { fromIssue } from "./issues.ts";

it.each([
  { label: "aicd", state: "open", mode: "wait" },
  { label: "aicd:auto", state: "open", mode: "auto" },
  { label: "aicd", state: "closed", mode: undefined },
  { label: "aicd:auto", state: "closed", mode: undefined },
  { label: "AICD", state: "open", mode: undefined },
  { label: "aicd:later", state: "open", mode: undefined },
  { label: "bug", state: "open", mode: undefined },
  // A name that every object has is no label of ours.
  { label: "constructor", state: "open", mode: undefined },
  { label: "__proto__", state: "open", mode: undefined },
  { label: undefined, state: "open", mode: undefined },
] as const)("the label $label on an issue that is $state starts $mode", ({ label, state, mode }) => {
  const payload = payloadOf("issues.labeled");
  payload.issue.state = state;
  if (label === undefined) delete payload.label;
  else payload.label = { ...payload.label, name: label } as NonNullable<typeof payload.label>;

  expect(fromIssue(payload)).toEqual(
    mode && {
      type: "task.requested",
      issueNumber: payload.issue.number,
      actor: { login: payload.sender.login, id: payload.sender.id },
      source: { kind: "issue" },
      mode,
      text: "",
      flags: {},
    },
  );
});

it("closing an issue ends its task, and nobody in particular said so", () => {
  const payload = closed("User");

  expect(fromIssue(payload)).toEqual({
    type: "task.cancelled",
    issueNumber: payload.issue.number,
    actor: { login: payload.sender.login, id: payload.sender.id },
    source: { kind: "system" },
    reason: "the issue was closed",
  });
});

it.each([
  ["deleted", "the issue was deleted"],
  ["transferred", "the issue was transferred to another repository"],
] as const)("K2: an issue that is %s ends its task, whoever or whatever did it", (action, reason) => {
  for (const type of ["User", "Bot"] as const) {
    const payload = { ...closed(type), action } as Parameters<typeof fromIssue>[0];

    expect(fromIssue(payload)).toMatchObject({ type: "task.cancelled", reason, source: { kind: "system" } });
  }
});

it.each(["Bot", "Organization"] as const)("a %s neither starts nor ends a task", (type) => {
  const labeled = payloadOf("issues.labeled");
  labeled.label = { ...labeled.label, name: "aicd" } as NonNullable<typeof labeled.label>;
  labeled.sender.type = type;

  expect(fromIssue(labeled)).toBeUndefined();
  expect(fromIssue(closed(type))).toBeUndefined();
});

/** GitHub publishes no closed issue; it differs from a labelled one in what was done. */
function closed(type: "User" | "Bot" | "Organization") {
  const { label: _, ...payload } = payloadOf("issues.labeled");
  const sender = { ...payload.sender, type };
  const issue = { ...payload.issue, state: "closed" as const };
  return { ...payload, action: "closed", sender, issue } as Parameters<typeof fromIssue>[0];
}
