import type { RepositoryId, TenantId } from "@aicd/core";
import { bigint, boolean, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";

const at = (name: string) => timestamp(name, { withTimezone: true });

export const codeIndexes = pgTable("code_indexes", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  repositoryId: text("repository_id").$type<RepositoryId>().notNull(),
  state: text().$type<"queued" | "indexing" | "ready" | "failed" | "dropping">().notNull(),
  again: boolean().notNull().default(false),
  epoch: integer().notNull().default(0),
  leaseUntil: at("lease_until"),
  tries: integer().notNull().default(0),
  requestedAt: at("requested_at").notNull().defaultNow(),
  notBefore: at("not_before").notNull().defaultNow(),
  failure: text(),
  commitSha: text("commit_sha"),
  files: integer(),
  passages: integer(),
  commits: integer(),
  bytes: bigint({ mode: "number" }),
  tookMs: integer("took_ms"),
  indexedAt: at("indexed_at"),
});
export type CodeIndexRow = typeof codeIndexes.$inferSelect;
