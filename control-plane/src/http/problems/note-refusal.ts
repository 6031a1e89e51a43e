import { type AuditAction, type Principal, refusedOutcome } from "@aicd/core";
import { appendAudit } from "@aicd/db";
import type { Deps } from "../../deps.ts";
import { auditActor } from "../../identity/audit-actor.ts";
import type { Rate } from "../limits/rates.ts";
import type { Route } from "../route.ts";
import { Refusal } from "./problems.ts";

/** Of one caller; whoever tries more often than this adds nothing new to the log. */
const WRITTEN_DOWN: Rate = { name: "refusal", capacity: 60, windowS: 3_600 };

type Refused = { route: Route; principal: Principal; requestId: string };
type Entry = { action: AuditAction; target: string; detail: Record<string, unknown> };

/**
 * Writes down that a known caller was refused, in a transaction of its own: that of the request is rolled back.
 * Nothing of it can fail the request, which has its answer already.
 * @param error of the request; what is neither a refused wish nor forbidden leaves no entry
 */
export async function noteRefusal(deps: Deps, refused: Refused, error: unknown): Promise<void> {
  if (!(error instanceof Refusal)) return;
  const entry = entryOf(refused, error);
  if (entry === undefined) return;
  const { principal, requestId } = refused;
  const { actor, tenantId } = principal;
  try {
    const caller = actor.kind === "user" ? actor.userId : actor.keyId;
    if (!(await deps.limiter.take(WRITTEN_DOWN, `${tenantId}:${caller}`)).granted) return;
    await deps.db.withTenant({ tenantId }, (tx) =>
      appendAudit(tx, deps.mint, {
        ...entry,
        actor: auditActor(principal),
        detail: { ...entry.detail, requestId },
      }),
    );
  } catch (cause) {
    deps.log.error({ err: cause, requestId }, "a refusal could not be written down");
  }
}

function entryOf({ route, principal }: Refused, { wish, why, problem, message }: Refusal): Entry | undefined {
  if (wish !== undefined) {
    return { ...wish, detail: { outcome: refusedOutcome(why), reason: message } };
  }
  if (problem !== "forbidden") return;
  const detail = { operation: route.id, permission: route.permission, reason: message };
  return { action: "request.refused", target: principal.tenantId, detail };
}
