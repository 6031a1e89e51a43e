import type { Entitled, Seller, SoldState, TenantId } from "@aicd/core";
import { bigint, boolean, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";

const at = (name: string) => timestamp(name, { withTimezone: true });
const tenantId = () => text("tenant_id").$type<TenantId>().notNull();

/** What each seller says of a tenant. */
export const subscriptions = pgTable("subscriptions", {
  tenantId: tenantId(),
  seller: text().$type<Seller>().notNull(),
  customerId: text("customer_id").notNull(),
  externalId: text("external_id"),
  plan: text().notNull(),
  state: text().$type<SoldState>().notNull(),
  seats: integer().notNull().default(1),
  overage: boolean().notNull().default(false),
  periodStart: at("period_start").notNull(),
  periodEnd: at("period_end").notNull(),
  pastDueSince: at("past_due_since"),
  pending: text(),
  updatedAt: at("updated_at").notNull().defaultNow(),
});
export type SubscriptionRow = typeof subscriptions.$inferSelect;

/** What a tenant may do, made of what the sellers say. */
export const entitlements = pgTable("entitlements", {
  tenantId: tenantId(),
  seller: text().$type<Entitled["seller"]>().notNull(),
  plan: text().notNull(),
  state: text().$type<Entitled["state"]>().notNull(),
  seats: integer().notNull(),
  overage: boolean().notNull(),
  includedMicroUsd: bigint("included_micro_usd", { mode: "number" }).notNull(),
  usedMicroUsd: bigint("used_micro_usd", { mode: "number" }).notNull().default(0),
  periodStart: at("period_start").notNull(),
  periodEnd: at("period_end").notNull(),
  graceUntil: at("grace_until"),
  updatedAt: at("updated_at").notNull().defaultNow(),
});
export type EntitlementRow = typeof entitlements.$inferSelect;

/** What Stripe's meter is owed. */
export const meterEvents = pgTable("meter_events", {
  tenantId: tenantId(),
  key: text().notNull(),
  usageId: text("usage_id").notNull(),
  microUsd: bigint("micro_usd", { mode: "number" }).notNull(),
  usedAt: at("used_at").notNull(),
  reportedAs: at("reported_as"),
  askedAt: at("asked_at"),
  sentAt: at("sent_at"),
});
export type MeterEventRow = typeof meterEvents.$inferSelect;
