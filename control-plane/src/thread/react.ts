import type { IntentId } from "@aicd/core";
import { findIntent } from "@aicd/db";
import { react as addReaction, type Reaction, removeEyes, removeLabel } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { loadTask, scopeOf } from "../facts.ts";

/** Job `react`: the first answer, at the very comment that asked. */
export async function react(
  deps: Deps,
  payload: { tenantId: string; intentId: string; content: Reaction },
): Promise<void> {
  const row = await deps.db.withTenant(scopeOf(payload), (tx) =>
    findIntent(tx, payload.intentId as IntentId),
  );
  if (row === undefined) return;
  const { place, intent } = row.body;
  const issueNumber = "issueNumber" in intent ? intent.issueNumber : intent.pullRequestNumber;
  const { write } = deps.github.installation(place.installationId);
  await addReaction(write, place, { issueNumber, source: intent.source }, payload.content);
  // The label has done its work; putting it on again asks for a retry.
  if (intent.type === "task.requested" && intent.source.kind === "issue") {
    await removeLabel(write, place, { issueNumber, label: intent.mode === "auto" ? "aicd:auto" : "aicd" });
  }
}

/** Job `settle-request`: 👀 goes, 🚀 or 😕 comes, where the task was asked for. */
export async function settleRequest(
  deps: Deps,
  payload: { tenantId: string; taskId: string; content: "rocket" | "confused" },
): Promise<void> {
  const loaded = await loadTask(deps, scopeOf(payload), payload.taskId);
  if (loaded === undefined) return;
  const { task, repository } = loaded;
  const { write } = deps.github.installation(repository.installationGithubId);
  const at = { issueNumber: task.issueNumber, source: task.source };
  await addReaction(write, repository, at, payload.content);
  await removeEyes(write, repository, at, deps.appLogin);
}
