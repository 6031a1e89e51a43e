import type { IntentId } from "@aicd/core";
import { findIntent } from "@aicd/db";
import { react as addReaction, type Reaction, removeEyes, removeLabel } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { grantedFor, loadTask, scopeOf } from "../facts.ts";

/**
 * Job `react`: the first answer, at the very comment that asked. A label is answered by the sticky comment, or by
 * the line that says why not; it is taken off only where putting it on again would ask for something.
 */
export async function react(
  deps: Deps,
  payload: { tenantId: string; intentId: string; content: Reaction },
): Promise<void> {
  const row = await deps.db.withTenant(scopeOf(payload), (tx) =>
    findIntent(tx, payload.intentId as IntentId),
  );
  if (row === undefined) return;
  const { place: repository, intent } = row.body;
  const issueNumber = "issueNumber" in intent ? intent.issueNumber : intent.pullRequestNumber;
  const { write } = deps.github.installation(repository.installationId, {
    power: "write-thread",
    repositoryId: repository.repositoryId,
  });
  if (intent.type === "task.requested" && intent.source.kind === "issue" && payload.content !== "-1") {
    if (payload.content !== "confused") return;
    return removeLabel(write, repository, { issueNumber, label: labelOf(intent) });
  }
  await addReaction(write, repository, { issueNumber, source: intent.source }, payload.content);
}

/** Job `settle-request`: 👀 goes, 🚀 or 😕 comes, where the task was asked for. */
export async function settleRequest(
  deps: Deps,
  payload: { tenantId: string; taskId: string; content: "rocket" | "confused" },
): Promise<void> {
  const loaded = await loadTask(deps, scopeOf(payload), payload.taskId);
  if (loaded === undefined) return;
  const { task, repository } = loaded;
  const { write } = grantedFor(deps, repository, "write-thread");
  const { issueNumber, source } = task;
  // What is over can be asked for again by putting the label on once more.
  if (source.kind === "issue") return removeLabel(write, repository, { issueNumber, label: labelOf(task) });
  // The look comes first each time, so a repetition goes on behind what is done.
  await removeEyes(write, repository, { issueNumber, source }, deps.appLogin);
  await addReaction(write, repository, { issueNumber, source }, payload.content);
}

function labelOf({ mode }: { mode: "wait" | "auto" }): string {
  return mode === "auto" ? "aicd:auto" : "aicd";
}
