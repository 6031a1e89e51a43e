import { deleteIssue, transferIssue } from "../issues/depart.ts";
import { setLocked } from "../issues/lock.ts";
import type { Account } from "../world/account.ts";
import type { LockReason } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { accountNamed, clicking, issueNumbered, repositoryNamed } from "./find.ts";

/** What people do to a conversation; `by` is a login, an owner of the repository when absent. */
export interface IssueSwitches {
  /** Issues and pull requests alike. */
  lock(fullName: string, number: number, how?: { reason?: LockReason; by?: string }): void;
  unlock(fullName: string, number: number, by?: string): void;
  deleteIssue(fullName: string, number: number, by?: string): void;
  /** Gives the number the issue has from now on. */
  transferIssue(fullName: string, number: number, to: string, by?: string): number;
}

export function createIssueSwitches(world: World): IssueSwitches {
  const actor = (fullName: string, by: string | undefined): { account: Account; viaApp: undefined } => {
    const { owner } = repositoryNamed(world, fullName);
    return { account: by ? accountNamed(world, by) : clicking(world, owner), viaApp: undefined };
  };
  return {
    lock(fullName, number, { reason, by } = {}) {
      setLocked(world, issueNumbered(world, fullName, number), actor(fullName, by), { locked: true, reason });
    },
    unlock(fullName, number, by) {
      setLocked(world, issueNumbered(world, fullName, number), actor(fullName, by), { locked: false });
    },
    deleteIssue(fullName, number, by) {
      deleteIssue(world, issueNumbered(world, fullName, number), actor(fullName, by));
    },
    transferIssue(fullName, number, to, by) {
      const issue = issueNumbered(world, fullName, number);
      return transferIssue(world, issue, repositoryNamed(world, to), actor(fullName, by)).number;
    },
  };
}
