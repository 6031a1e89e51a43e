type Level = "read" | "write";

/**
 * What a token may do, by what it is for: nothing here works with more than it needs, and what a purpose is not
 * given GitHub refuses it, whatever goes wrong on our side. `metadata` is had by every token.
 * Source: docs.github.com, "Permissions required for GitHub Apps".
 */
export const REPOSITORY_POWERS = {
  /** Who may read or write. */
  "ask-people": { metadata: "read" },
  /** All that an attempt starts from: thread, settings, instructions, heads, reviews. */
  "read-thread": { metadata: "read", contents: "read", issues: "read", pull_requests: "read" },
  "read-review": { metadata: "read", pull_requests: "read" },
  "read-code": { metadata: "read", contents: "read" },
  /** Comments, reactions, labels; on a pull request too. */
  "write-thread": { metadata: "read", issues: "write", pull_requests: "write" },
  /** The check run of a pull request of ours, and which commit it belongs on. */
  "write-checks": { metadata: "read", checks: "write", pull_requests: "read" },
  /** How the checks of a commit stand, what they said, and which commit is at the head. */
  "read-checks": { metadata: "read", checks: "read", actions: "read", pull_requests: "read" },
  "see-runs": { metadata: "read", actions: "read" },
  "steer-runs": { metadata: "read", actions: "write" },
  /** The pull request that sets a repository up; its workflow too where GitHub lets the App. */
  onboard: { metadata: "read", contents: "write", pull_requests: "write" },
  "onboard-with-workflow": {
    metadata: "read",
    contents: "write",
    pull_requests: "write",
    workflows: "write",
  },
  /** What would stop a run: settings, workflow, rules. */
  examine: { metadata: "read", contents: "read", actions: "read" },
  /** Branch, commit and pull request, and no word on any issue. */
  publish: { metadata: "read", contents: "write", pull_requests: "write" },
} as const satisfies Record<string, Readonly<Record<string, Level>>>;

/** For what belongs to no repository. */
export const INSTALLATION_POWERS = {
  "list-repositories": { metadata: "read" },
  "ask-members": { members: "read" },
  /** A fleet: runners belong to the account, and so does the question which job one has. */
  "make-runners": { organization_self_hosted_runners: "write" },
  "see-jobs": { metadata: "read", actions: "read" },
} as const satisfies Record<string, Readonly<Record<string, Level>>>;

export type RepositoryPower = keyof typeof REPOSITORY_POWERS;
export type InstallationPower = keyof typeof INSTALLATION_POWERS;

/** What a client is for, and GitHub's id of the one repository it is for. */
export type Grant = { power: RepositoryPower; repositoryId: number } | { power: InstallationPower };

export function permissionsOf({ power }: Grant): Readonly<Record<string, Level>> {
  return { ...REPOSITORY_POWERS, ...INSTALLATION_POWERS }[power];
}
