import type { ThreadIntent } from "@aicd/core";
import type { EmitterWebhookEvent } from "@octokit/webhooks";
import { isPerson } from "./repository.ts";

/** A map: of an object, a label called `constructor` would be one too. */
const MODES: ReadonlyMap<string, "wait" | "auto"> = new Map([
  ["aicd", "wait"],
  ["aicd:auto", "auto"],
]);

type Ended = "closed" | "deleted" | "transferred";

/** Why the task of an issue ends with it: nobody wants a pull request for an issue that is not there. */
const ENDED: Readonly<Record<Ended, string>> = {
  closed: "the issue was closed",
  deleted: "the issue was deleted",
  transferred: "the issue was transferred to another repository",
};

/** A label starts a task; closing the issue ends it, and so does its going, whoever or whatever did that. */
export function fromIssue(
  payload: EmitterWebhookEvent<"issues.labeled" | `issues.${Ended}`>["payload"],
): ThreadIntent | undefined {
  const stays = payload.action === "labeled" || payload.action === "closed";
  if (stays && !isPerson(payload.sender)) return undefined;
  const actor = { login: payload.sender.login, id: payload.sender.id };
  const base = { issueNumber: payload.issue.number, actor, source: { kind: "issue" as const } };
  if (payload.action !== "labeled") {
    return { ...base, type: "task.cancelled", source: { kind: "system" }, reason: ENDED[payload.action] };
  }
  const mode = MODES.get(payload.label?.name ?? "");
  if (mode === undefined || payload.issue.state === "closed") return undefined;
  return { ...base, type: "task.requested", mode, text: "", flags: {} };
}
