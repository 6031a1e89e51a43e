import { type Author, type InstalledRepository, may, roleOnThread, type ThreadIntent } from "@aicd/core";
import type { Inbox } from "./ports.ts";

/** GitHub itself says that these happened; nobody's permission makes them more or less true. */
const FACTS: ReadonlySet<ThreadIntent["type"]> = new Set<ThreadIntent["type"]>([
  "pull_request.merged",
  "pull_request.closed",
  "pull_request.retargeted",
]);

/**
 * Lets an intent through only if its actor may write to the repository right now. Association fields
 * and cached answers do not count, and no answer means no.
 */
export async function gate(
  inbox: Inbox,
  key: string,
  repository: InstalledRepository,
  intent: ThreadIntent,
): Promise<void> {
  let permission: Author["permission"] = "none";
  if (!FACTS.has(intent.type) && !isClosedIssue(intent)) {
    permission = await inbox.permission(repository, intent.actor);
    const role = roleOnThread(permission);
    if (role === undefined || !may(role, "task.write")) {
      await inbox.refuse(key, repository, intent);
      return;
    }
  }
  await inbox.accept(key, repository, intent, permission);
}

/** An issue's author may close it without write access, and then nobody wants the change any more. */
function isClosedIssue(intent: ThreadIntent): boolean {
  return intent.type === "task.cancelled" && intent.source.kind === "system";
}
