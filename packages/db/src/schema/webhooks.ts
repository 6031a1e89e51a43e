import type { RepositoryId, TenantId, WebhookEndpointId } from "@aicd/core";
import { jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import type { Actor } from "./tasks.ts";

const at = (name: string) => timestamp(name, { withTimezone: true });

export const webhookEndpoints = pgTable("webhook_endpoints", {
  tenantId: text("tenant_id").$type<TenantId>().notNull(),
  id: text().$type<WebhookEndpointId>().notNull(),
  url: text().notNull(),
  description: text().notNull(),
  /** None: all, also those that come later. */
  types: text().array().notNull(),
  /** Null: all of the tenant's. */
  repositories: text().array().$type<RepositoryId[]>(),
  state: text().$type<"enabled" | "disabled">().notNull(),
  /** Why it was disabled; null: a person did it. */
  disabledReason: text("disabled_reason"),
  previousUntil: at("previous_until"),
  lastDeliveredAt: at("last_delivered_at"),
  createdBy: jsonb("created_by").$type<Actor>().notNull(),
  createdAt: at("created_at").notNull(),
});
export type WebhookEndpoint = typeof webhookEndpoints.$inferSelect;
