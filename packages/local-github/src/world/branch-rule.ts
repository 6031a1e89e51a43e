/** A classic branch protection, or a ruleset, as far as it refuses something. Whoever is not named in `bypass` obeys. */
export interface BranchRule {
  kind: "protection" | "ruleset";
  /** `main`, `release/*`, or `**` for every branch. */
  pattern: string;
  restrictCreations: boolean;
  restrictUpdates: boolean;
  restrictDeletions: boolean;
  blockForcePushes: boolean;
  /** Changes only through a pull request with so many approvals. */
  requirePull: boolean;
  approvals: number;
  /** Names of check runs or contexts of statuses that must have succeeded. */
  checks: readonly string[];
  /** Logins. */
  bypass: readonly string[];
}
