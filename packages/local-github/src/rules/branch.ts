import { ZERO_OID } from "../git/git.ts";
import { isAncestor } from "../git/walk.ts";
import { GitHubError, unprocessable } from "../http/errors.ts";
import type { Account } from "../world/account.ts";
import type { BranchRule } from "../world/branch-rule.ts";
import type { Pull, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { missingChecks } from "./required-check.ts";

export interface Move {
  /** Full ref name. */
  ref: string;
  before: string;
  after: string;
}

/** Facts about a move that the table below judges. */
interface Asked {
  rule: BranchRule;
  created: boolean;
  deleted: boolean;
  forced: boolean;
  checks: string[];
}

interface Violation {
  broken: (asked: Asked) => boolean;
  words: (asked: Asked) => string;
}

/**
 * What a rule refuses of a move of its branch, in GitHub's words. docs.github.com "About protected branches" and
 * "Available rules for rulesets"; graphql `RepositoryRuleType` names them CREATION, UPDATE, DELETION,
 * NON_FAST_FORWARD, PULL_REQUEST and REQUIRED_STATUS_CHECKS.
 */
const VIOLATIONS: readonly Violation[] = [
  {
    broken: ({ rule, created }) => created && rule.restrictCreations,
    words: () => "Cannot create ref due to creations being restricted.",
  },
  {
    broken: ({ rule, created, deleted }) => !created && !deleted && rule.restrictUpdates,
    words: () => "Cannot update this protected ref.",
  },
  {
    broken: ({ rule, deleted }) => deleted && rule.restrictDeletions,
    words: () => "Cannot delete this branch",
  },
  {
    broken: ({ rule, forced }) => forced && rule.blockForcePushes,
    words: () => "Cannot force-push to this branch",
  },
  {
    broken: ({ rule, created, deleted }) => !created && !deleted && rule.requirePull,
    words: () => "Changes must be made through a pull request.",
  },
  {
    broken: ({ created, deleted, checks }) => !created && !deleted && checks.length > 0,
    words: ({ checks }) => checks.join(" "),
  },
];

interface Broken {
  kind: BranchRule["kind"];
  words: string[];
}

/** What the first rule that is broken says; undefined when the move may be made. */
async function brokenBy(
  repository: Repository,
  actor: Account,
  move: Move,
  isForced: () => Promise<boolean>,
): Promise<Broken | undefined> {
  const rules = rulesFor(repository, move.ref, actor);
  if (rules.length === 0) return undefined;
  const created = move.before === ZERO_OID;
  const deleted = move.after === ZERO_OID;
  const forced = !created && !deleted && (await isForced());
  for (const rule of rules) {
    const asked = {
      rule,
      created,
      deleted,
      forced,
      checks: missingChecks(repository, move.after, rule.checks),
    };
    const words = VIOLATIONS.filter((each) => each.broken(asked)).map((each) => each.words(asked));
    if (words.length > 0) return { kind: rule.kind, words };
  }
  return undefined;
}

/** Throws 422 when a branch may not move so. docs.github.com "REST API endpoints for Git references". */
export async function checkMove(
  world: World,
  repository: Repository,
  actor: Account,
  move: Move,
): Promise<void> {
  const broken = await brokenBy(repository, actor, move, async () => {
    return !(await isAncestor(world, repository, move.before, move.after));
  });
  if (!broken) return;
  // A protection tells the endpoint that creates a ref nothing but that.
  const mute = broken.kind === "protection" && move.before === ZERO_OID;
  throw unprocessable(mute ? "Reference update failed" : sentence(broken));
}

/** The lines `git push` prints after `remote:`; undefined when the move may be made. */
export async function declinedPush(
  repository: Repository,
  actor: Account,
  move: Move,
): Promise<string[] | undefined> {
  // What is pushed is not here yet: the hook looks whether commits get lost.
  const broken = await brokenBy(repository, actor, move, async () => false);
  if (!broken) return undefined;
  // docs.github.com "Troubleshooting rules" and "About protected branches" name the two codes.
  const head =
    broken.kind === "ruleset"
      ? `error: GH013: Repository rule violations found for ${move.ref}.`
      : `error: GH006: Protected branch update failed for ${move.ref}.`;
  return [head, "", ...broken.words.map((each) => `- ${each}`), ""];
}

/** True when a push may not take commits away from a branch. */
export function isUnforced(repository: Repository, actor: Account, ref: string): boolean {
  return rulesFor(repository, ref, actor).some((rule) => rule.blockForcePushes);
}

/** Throws 405 when a pull request may not be merged yet. docs.github.com "Merge a pull request". */
export function checkMerge(pull: Pull, actor: Account): void {
  const broken = mergeBlockedBy(pull, actor);
  if (broken) throw new GitHubError(405, sentence(broken));
}

/** What `mergeable_state` calls `blocked`. */
export function mergeBlockedBy(pull: Pull, actor: Account | undefined): Broken | undefined {
  const { repository } = pull.issue;
  for (const rule of rulesFor(repository, `refs/heads/${pull.base}`, actor)) {
    const approvals = approvalsOf(pull);
    const [verb, noun] =
      rule.approvals === 1 ? ["review is", "1 approving"] : ["reviews are", `${rule.approvals} approving`];
    const words = [
      ...missingChecks(repository, pull.headSha, rule.checks),
      ...(approvals < rule.approvals
        ? [`At least ${noun} ${verb} required by reviewers with write access.`]
        : []),
    ];
    if (words.length > 0) return { kind: rule.kind, words };
  }
  return undefined;
}

function approvalsOf(pull: Pull): number {
  const spoken = pull.reviews.filter((review) =>
    ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].includes(review.state),
  );
  const last = new Map(spoken.map((review) => [review.user, review.state]));
  return [...last.values()].filter((state) => state === "APPROVED").length;
}

function sentence({ kind, words }: Broken): string {
  return kind === "ruleset"
    ? `Repository rule violations found\n\n${words.join("\n\n")}\n\n`
    : words.join(" ");
}

export function isProtected(repository: Pick<Repository, "rules">, branch: string): boolean {
  return rulesFor(repository, `refs/heads/${branch}`, undefined).length > 0;
}

/** Rules of a branch that bind an account, or anybody when none is given. */
export function rulesFor(
  repository: Pick<Repository, "rules">,
  ref: string,
  actor: Account | undefined,
): BranchRule[] {
  if (!ref.startsWith("refs/heads/")) return [];
  const branch = ref.slice("refs/heads/".length);
  return repository.rules.filter(
    (rule) => matches(rule.pattern, branch) && !(actor && rule.bypass.includes(actor.login)),
  );
}

/** `*` stays within one part of a name, `**` does not. docs.github.com "Managing a branch protection rule" (fnmatch). */
function matches(pattern: string, branch: string): boolean {
  const source = pattern
    .split(/(\*\*|\*|\?)/)
    .map(
      (part) =>
        ({ "**": ".*", "*": "[^/]*", "?": "[^/]" })[part] ?? part.replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${source}$`).test(branch);
}
