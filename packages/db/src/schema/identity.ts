import type { ApiKeyId, Permission, RepositoryId, Role, SessionId, TenantId, UserId } from "@aicd/core";
import { bigint, customType, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import type { Actor } from "./tasks.ts";

const at = (name: string) => timestamp(name, { withTimezone: true });
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const tenantId = () => text("tenant_id").$type<TenantId>().notNull();
const userId = () => text("user_id").$type<UserId>().notNull();

export const users = pgTable("users", {
  id: text().$type<UserId>().primaryKey(),
  githubId: bigint("github_id", { mode: "number" }).notNull(),
  login: text().notNull(),
  name: text(),
  avatarUrl: text("avatar_url"),
  createdAt: at("created_at").notNull().defaultNow(),
  updatedAt: at("updated_at").notNull().defaultNow(),
});
export type User = typeof users.$inferSelect;

export const memberships = pgTable("memberships", {
  tenantId: tenantId(),
  userId: userId(),
  login: text().notNull(),
  role: text().$type<Role>().notNull(),
  source: text().$type<"github" | "set">().notNull(),
  checkedAt: at("checked_at").notNull().defaultNow(),
  createdAt: at("created_at").notNull().defaultNow(),
});
export type Membership = typeof memberships.$inferSelect;

export const sessions = pgTable("sessions", {
  id: text().$type<SessionId>().primaryKey(),
  userId: userId(),
  kind: text().$type<"browser" | "token">().notNull(),
  tokenHash: bytea("token_hash").notNull(),
  refreshHash: bytea("refresh_hash"),
  spentRefreshHash: bytea("spent_refresh_hash"),
  createdAt: at("created_at").notNull().defaultNow(),
  lastUsedAt: at("last_used_at").notNull().defaultNow(),
  expiresAt: at("expires_at").notNull(),
  refreshExpiresAt: at("refresh_expires_at"),
  revokedAt: at("revoked_at"),
});
export type Session = typeof sessions.$inferSelect;

export const signIns = pgTable("sign_ins", {
  stateHash: bytea("state_hash").primaryKey(),
  browserHash: bytea("browser_hash").notNull(),
  verifier: text().notNull(),
  kind: text().$type<"browser" | "token">().notNull(),
  returnTo: text("return_to").notNull(),
  challenge: text(),
  createdAt: at("created_at").notNull().defaultNow(),
});
export type SignIn = typeof signIns.$inferSelect;

export const signInCodes = pgTable("sign_in_codes", {
  codeHash: bytea("code_hash").primaryKey(),
  userId: userId(),
  challenge: text().notNull(),
  createdAt: at("created_at").notNull().defaultNow(),
});

export const apiKeys = pgTable("api_keys", {
  tenantId: tenantId(),
  id: text().$type<ApiKeyId>().notNull(),
  name: text().notNull(),
  hash: bytea().notNull(),
  hint: text().notNull(),
  role: text().$type<Role>().notNull(),
  scopes: text().array().$type<Permission[]>().notNull(),
  /** Null: all of the tenant, also those that come later. */
  repositories: text().array().$type<RepositoryId[]>(),
  createdBy: jsonb("created_by").$type<Actor>().notNull(),
  createdAt: at("created_at").notNull().defaultNow(),
  expiresAt: at("expires_at").notNull(),
  lastUsedAt: at("last_used_at"),
  revokedAt: at("revoked_at"),
});
export type ApiKey = typeof apiKeys.$inferSelect;

export const tenantSecrets = pgTable("tenant_secrets", {
  tenantId: tenantId(),
  name: text().notNull(),
  masterKey: text("master_key").notNull(),
  wrappedKey: bytea("wrapped_key").notNull(),
  sealed: bytea().notNull(),
  hint: text().notNull(),
  updatedBy: jsonb("updated_by").$type<Actor>().notNull(),
  createdAt: at("created_at").notNull().defaultNow(),
  updatedAt: at("updated_at").notNull().defaultNow(),
});
export type TenantSecret = typeof tenantSecrets.$inferSelect;
