import type { Principal } from "@aicd/core";
import type { AuditActor } from "@aicd/db";

/** Who calls, as the audit log has it. */
export function auditActor({ actor }: Principal): AuditActor {
  if (actor.kind === "user") return { kind: "user", id: actor.userId, login: actor.login };
  return { kind: "api_key", id: actor.keyId, name: actor.name, createdBy: actor.createdBy.login };
}
