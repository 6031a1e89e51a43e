import { createHash } from "node:crypto";
import type { Identity, IdentityKind } from "../world/types.ts";
import type { World } from "../world/world.ts";

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

export function recordWrite(
  world: World,
  identity: Identity,
  write: { method: string; route: string; repo: string | undefined; summary: string; body: unknown },
): void {
  const entry: LedgerEntry = {
    at: world.now(),
    actor: actorOf(identity),
    tokenKind: identity.kind,
    ...write,
    bodySha256: createHash("sha256")
      .update(JSON.stringify(write.body ?? null))
      .digest("hex"),
  };
  world.ledger.push(entry);
  world.events.emit("write", entry);
}

function actorOf(identity: Identity): string {
  if (identity.kind === "installation") return identity.installation.app.bot.login;
  if (identity.kind === "app") return identity.app.slug;
  return identity.kind === "anonymous" ? "anonymous" : identity.account.login;
}
