import { createHash } from "node:crypto";
import type { Identity } from "../world/identity.ts";
import type { LedgerEntry } from "../world/ledger-entry.ts";
import type { World } from "../world/world.ts";

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
