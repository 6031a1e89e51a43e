import { readButton, readCheckKey, type ThreadIntent } from "@aicd/core";
import type { EmitterWebhookEvent } from "@octokit/webhooks";
import { isPerson } from "./repository.ts";

type Pressed = EmitterWebhookEvent<"check_run.requested_action">["payload"];
type Rerun = EmitterWebhookEvent<"check_run.rerequested">["payload"];

/** A button of our check run is the command of that name, said on its pull request. GitHub tells only us of it. */
export function fromPressedButton(payload: Pressed): ThreadIntent | undefined {
  const said = saidBy(payload);
  const wish = readButton(payload.requested_action?.identifier ?? "");
  if (said === undefined || wish === undefined) return undefined;
  switch (wish.verb) {
    case "approve":
      return { ...said, type: "plan.approved", hash: wish.hash };
    case "retry":
      return { ...said, type: "retry.requested", text: "", flags: {} };
    case "cancel":
      return { ...said, type: "task.cancelled", reason: `@${said.actor.login} asked for it` };
  }
}

/** GitHub's own "Re-run", which stands beside every check run. */
export function fromRerun(payload: Rerun): ThreadIntent | undefined {
  const said = saidBy(payload);
  return said === undefined ? undefined : { ...said, type: "retry.requested", text: "", flags: {} };
}

function saidBy({ sender, check_run }: Pressed | Rerun) {
  const key = readCheckKey(check_run.external_id ?? "");
  if (!isPerson(sender) || key === undefined) return undefined;
  return {
    issueNumber: key.pullRequestNumber,
    actor: { login: sender.login, id: sender.id },
    source: { kind: "check_run" as const, checkRunId: check_run.id },
  };
}
