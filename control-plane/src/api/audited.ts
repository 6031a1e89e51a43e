import type { AuditAction } from "@aicd/core";
import { appendAudit, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import type { Call } from "../http/route.ts";
import { auditActor } from "../identity/audit-actor.ts";

/** Writes down what a call does, in the transaction that does it. */
export async function audit(
  deps: Deps,
  tx: TenantTx,
  call: Call,
  entry: { action: AuditAction; target: string; detail?: Record<string, unknown> },
): Promise<void> {
  const detail = { ...entry.detail, requestId: call.requestId };
  await appendAudit(tx, deps.mint, { ...entry, detail, actor: auditActor(call.principal) });
}

/** The person, or for a key the person who made it: work is always on somebody's behalf. */
export function personOf({ principal }: Call): { login: string; id: number } {
  const { actor } = principal;
  return actor.kind === "user" ? { login: actor.login, id: actor.githubId } : actor.createdBy;
}
