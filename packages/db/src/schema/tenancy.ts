import type {
  InstallationId,
  InstalledRepository,
  IntentId,
  RepositoryId,
  TenantId,
  ThreadIntent,
} from "@aicd/core";
import { bigint, boolean, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";

const at = (name: string) => timestamp(name, { withTimezone: true });

export const tenants = pgTable("tenants", {
  id: text().$type<TenantId>().primaryKey(),
  accountId: bigint("account_id", { mode: "number" }).notNull(),
  login: text().notNull(),
  kind: text().$type<"Organization" | "User">().notNull(),
  createdAt: at("created_at").notNull().defaultNow(),
});

export const installations = pgTable("installations", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  id: text().$type<InstallationId>().notNull(),
  githubId: bigint("github_id", { mode: "number" }).notNull(),
  state: text().$type<"active" | "suspended" | "deleted">().notNull(),
  permissions: jsonb().$type<Record<string, string>>().notNull().default({}),
  selection: text().$type<"all" | "selected">(),
  reconciledAt: at("reconciled_at"),
  updatedAt: at("updated_at").notNull().defaultNow(),
});

export const repositories = pgTable("repositories", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  id: text().$type<RepositoryId>().notNull(),
  installationId: text("installation_id").$type<InstallationId>().notNull(),
  githubId: bigint("github_id", { mode: "number" }).notNull(),
  owner: text().notNull(),
  name: text().notNull(),
  /** Not readable by everybody on GitHub, as far as we know: then each person is asked for. */
  private: boolean().notNull().default(true),
  /** GitHub's selection: whether the installation reaches it. */
  active: boolean().notNull().default(true),
  /** The tenant's switch. */
  enabled: boolean().notNull().default(true),
  settings: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  settingsVersion: integer("settings_version").notNull().default(1),
  updatedAt: at("updated_at").notNull().defaultNow(),
});

export const tenantSettings = pgTable("tenant_settings", {
  tenantId: text("tenant_id").$type<TenantId>().primaryKey(),
  body: jsonb().$type<Record<string, unknown>>().notNull(),
  version: integer().notNull().default(1),
  updatedAt: at("updated_at").notNull().defaultNow(),
});

export const intents = pgTable("intents", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  id: text().$type<IntentId>().notNull(),
  key: text().notNull(),
  repositoryId: text("repository_id").$type<RepositoryId>().notNull(),
  /** `place`: the repository, under the name it had when the first rows were written. */
  body: jsonb().$type<{ place: InstalledRepository; intent: ThreadIntent }>().notNull(),
  createdAt: at("created_at").notNull().defaultNow(),
  appliedAt: at("applied_at"),
  outcome: text(),
});
