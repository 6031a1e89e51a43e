import type { ThreadIntent } from "@aicd/core";
import type { EmitterWebhookEvent } from "@octokit/webhooks";
import { isPerson } from "./place.ts";

/** A map: of an object, a label called `constructor` would be one too. */
const MODES: ReadonlyMap<string, "wait" | "auto"> = new Map([
  ["aicd", "wait"],
  ["aicd:auto", "auto"],
]);

/** A label starts a task; closing the issue ends it. */
export function fromIssue(
  payload: EmitterWebhookEvent<"issues.labeled" | "issues.closed">["payload"],
): ThreadIntent | undefined {
  if (!isPerson(payload.sender)) return undefined;
  const actor = { login: payload.sender.login, id: payload.sender.id };
  const base = { issueNumber: payload.issue.number, actor, source: { kind: "issue" as const } };
  if (payload.action === "closed") {
    return { ...base, type: "task.cancelled", source: { kind: "system" }, reason: "the issue was closed" };
  }
  const mode = MODES.get(payload.label?.name ?? "");
  if (mode === undefined || payload.issue.state === "closed") return undefined;
  return { ...base, type: "task.requested", mode, text: "", flags: {} };
}
