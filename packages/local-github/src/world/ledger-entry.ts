import type { IdentityKind } from "./identity.ts";

/** One write that took effect, whatever the client was told about it. */
export interface LedgerEntry {
  at: string;
  /** Login of the account that acted, or the App's slug for calls of the App itself. */
  actor: string;
  tokenKind: IdentityKind;
  method: string;
  /** GitHub's path template, `graphql <mutation>`, or `git receive-pack`. */
  route: string;
  /** `owner/name`, or undefined outside a repository. */
  repo: string | undefined;
  summary: string;
  body: unknown;
  bodySha256: string;
}
