import { renameBranch } from "../git/rename.ts";
import { deleteRepository, setArchived, transferRepository } from "../repositories/depart.ts";
import { forkRepository } from "../repositories/fork.ts";
import type { BranchRule } from "../world/branch-rule.ts";
import type { World } from "../world/world.ts";
import { accountNamed, clicking, repositoryNamed } from "./find.ts";

/** Parts of a rule that are left out refuse nothing. */
type RuleOptions = Partial<Omit<BranchRule, "kind">> & { pattern: string };

/** What people with the settings of a repository do to it. Repositories are named `owner/name`. */
export interface RepositorySwitches {
  archive(fullName: string): void;
  unarchive(fullName: string): void;
  /** The App hears of it while it still reaches it; requests are answered 404 from then on. */
  deleteRepository(fullName: string): void;
  /** Gives the new full name. The old one redirects. */
  transferRepository(fullName: string, owner: string): string;
  /** Gives the fork's full name. */
  fork(fullName: string, owner: string): Promise<string>;
  renameBranch(fullName: string, from: string, to: string): Promise<void>;
  /** A classic branch protection. */
  protect(fullName: string, rule: RuleOptions): void;
  /** A ruleset on branches, whose refusals begin "Repository rule violations found". */
  addRuleset(fullName: string, rule: RuleOptions): void;
  /** Takes away every protection and ruleset. */
  unprotect(fullName: string): void;
  /** False for a plan that has no draft pull requests. */
  allowDrafts(fullName: string, allowed: boolean): void;
}

const NOTHING = {
  restrictCreations: false,
  restrictUpdates: false,
  restrictDeletions: false,
  blockForcePushes: false,
  requirePull: false,
  approvals: 0,
  checks: [],
  bypass: [],
} as const satisfies Omit<BranchRule, "kind" | "pattern">;

export function createRepositorySwitches(world: World): RepositorySwitches {
  const found = (fullName: string) => repositoryNamed(world, fullName);
  const archive = (fullName: string, archived: boolean) => {
    const repository = found(fullName);
    setArchived(world, repository, archived, clicking(world, repository.owner));
  };
  return {
    archive: (fullName) => archive(fullName, true),
    unarchive: (fullName) => archive(fullName, false),
    deleteRepository(fullName) {
      const repository = found(fullName);
      deleteRepository(world, repository, clicking(world, repository.owner));
    },
    transferRepository(fullName, owner) {
      const repository = found(fullName);
      const sender = clicking(world, repository.owner);
      transferRepository(world, repository, accountNamed(world, owner), sender);
      return `${repository.owner.login}/${repository.name}`;
    },
    async fork(fullName, owner) {
      const account = accountNamed(world, owner);
      const fork = await forkRepository(world, found(fullName), account, clicking(world, account));
      return `${fork.owner.login}/${fork.name}`;
    },
    renameBranch(fullName, from, to) {
      const repository = found(fullName);
      const account = clicking(world, repository.owner);
      return renameBranch(world, repository, { from, to }, { account, viaApp: undefined });
    },
    protect: (fullName, rule) => void found(fullName).rules.push({ ...NOTHING, ...rule, kind: "protection" }),
    addRuleset: (fullName, rule) => void found(fullName).rules.push({ ...NOTHING, ...rule, kind: "ruleset" }),
    unprotect: (fullName) => void found(fullName).rules.splice(0),
    allowDrafts(fullName, allowed) {
      found(fullName).drafts = allowed;
    },
  };
}
