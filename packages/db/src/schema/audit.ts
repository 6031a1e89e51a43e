import type { ApiKeyId, Id, TenantId, UserId } from "@aicd/core";
import { bigint, customType, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";

const at = (name: string) => timestamp(name, { withTimezone: true });
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
/** A 64-bit transaction id, as text: it only grows. */
const xid8 = customType<{ data: string }>({ dataType: () => "xid8" });

/** Who did it: a person here, a key, a person on a thread, a runner, or the system by itself. */
export type AuditActor =
  | { kind: "user"; id: UserId; login: string }
  | { kind: "api_key"; id: ApiKeyId; name: string; createdBy: string }
  | { kind: "github"; id: number; login: string }
  | { kind: "runner"; id: string }
  | { kind: "system"; id: string };

export const auditLog = pgTable("audit_log", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  id: text().$type<Id<"audit">>().notNull(),
  at: at("at").notNull().defaultNow(),
  actor: jsonb().$type<AuditActor>().notNull(),
  action: text().notNull(),
  target: text().notNull(),
  detail: jsonb().$type<Record<string, unknown>>().notNull(),
  xact: xid8().notNull(),
});
export type AuditEntry = typeof auditLog.$inferSelect;

export const auditChain = pgTable("audit_chain", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  seq: bigint({ mode: "number" }).notNull(),
  entryId: text("entry_id").$type<Id<"audit">>().notNull(),
  xact: xid8().notNull(),
  hash: bytea().notNull(),
});
