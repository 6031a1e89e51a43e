import { roleOf } from "../http/door.ts";
import { GitHubError } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import type { Issue } from "../world/types.ts";

const LOCKING_PAGE = "https://docs.github.com/articles/locking-conversations/";

interface Lock {
  /** Whether people who may write to the repository are let through. Bots never are. */
  opensToWriters: boolean;
  refusal: () => GitHubError;
}

/** docs.github.com "Locking conversations": "only people with write access can add comments"; nobody reacts. */
const LOCKS = {
  comment: {
    opensToWriters: true,
    refusal: () =>
      new GitHubError(403, "Unable to create comment because issue is locked.", {
        documentation_url: LOCKING_PAGE,
      }),
  },
  review: {
    opensToWriters: true,
    refusal: () => new GitHubError(422, "Unprocessable Entity", { errors: ["lock prevents review"] }),
  },
  reaction: {
    opensToWriters: false,
    refusal: () =>
      new GitHubError(403, "Unable to create reaction because issue is locked.", {
        documentation_url: LOCKING_PAGE,
      }),
  },
} satisfies Record<string, Lock>;

/** Throws what GitHub answers in a locked conversation. */
export function checkUnlocked(issue: Issue, actor: Actor, what: keyof typeof LOCKS): void {
  if (!issue.locked) return;
  const lock: Lock = LOCKS[what];
  if (lock.opensToWriters && mayWrite(issue, actor)) return;
  throw lock.refusal();
}

function mayWrite(issue: Issue, actor: Actor): boolean {
  const role = actor.account.type === "Bot" ? undefined : roleOf(issue.repository, actor.account);
  return role === "admin" || role === "maintain" || role === "write";
}
