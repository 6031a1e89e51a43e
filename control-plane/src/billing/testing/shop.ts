import { randomBytes } from "node:crypto";
import { createMint, readSalesPlans, type TenantId, type UsageId } from "@aicd/core";
import { APP_ROLE, createDatabase, type Database, SYSTEM_ROLE } from "@aicd/db";
import { plantTenant, type TestDatabase } from "@aicd/db/testing";
import { type LocalStripe, startLocalStripe } from "@aicd/local-stripe";
import { createLogger, createRedactor, Secret } from "@aicd/ops";
import { openStripe } from "../../wire/stripe.ts";
import type { BillingDeps } from "../billing.ts";
import { openCheckout } from "../checkout.ts";
import { syncStripe } from "../sync-stripe.ts";

export const PLANS = readSalesPlans(
  JSON.stringify({
    free: { title: "Free", monthlyUsd: 0, includedUsd: 1 },
    team: { title: "Team", monthlyUsd: 20, includedUsd: 5, overage: true, graceDays: 2 },
    business: { title: "Business", monthlyUsd: 50, includedUsd: 40, overage: true },
  }),
);
export const DAY_MS = 86_400_000;

/** A server that sells, as far as money goes, beside a Stripe of its own whose clock is the server's. */
export type Shop = {
  deps: BillingDeps;
  local: LocalStripe;
  /** The clock of both, in milliseconds. */
  clock: { now: number };
  tenantId: TenantId;
  buy(plan: string): Promise<void>;
  sync(): Promise<void>;
  /** Books a call; @returns its id */
  use(microUsd: number, more?: { ownKey?: boolean; estimated?: boolean }): Promise<UsageId>;
  db: Database;
  /** Its Stripe is gone, and nothing is owed to it. */
  close(): Promise<void>;
};

export async function openShop(database: TestDatabase, start: number): Promise<Shop> {
  const clock = { now: start };
  const local = await startLocalStripe({ clock: () => Math.floor(clock.now / 1_000) });
  const system = database.createPool({ role: SYSTEM_ROLE });
  const db = createDatabase({ app: database.createPool({ role: APP_ROLE }), system });
  const mint = createMint({ now: Date.now, random: randomBytes });
  const { tenantId, ids } = await plantTenant(db, mint, Math.floor(Math.random() * 1e9));
  // What was planted is of another story.
  await database.pool.query("DELETE FROM meter_events WHERE tenant_id = $1", [tenantId]);
  for (const table of ["subscriptions", "entitlements", "tenant_secrets"]) {
    await database.pool.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
  }
  const log = createLogger({ level: "silent", redactor: createRedactor() });
  const stripe = { client: openStripe(local.key, local.url, 0), webhookSecret: new Secret("whsec_test") };
  const deps: BillingDeps = { db, log, now: () => clock.now, billing: { plans: PLANS, stripe } };
  const sync = () => syncStripe(deps, { tenantId });
  return {
    deps,
    local,
    clock,
    tenantId,
    db,
    sync,
    async close() {
      await local.stop();
      for (const table of ["meter_events", "subscriptions"]) {
        await database.pool.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
      }
    },
    async buy(plan) {
      const page = await openCheckout(
        deps,
        { tenantId },
        { plan, seats: 1, returnUrl: "https://aicd.example.com/" },
      );
      await fetch(page, {
        method: "POST",
        body: new URLSearchParams({ card: "pm_card_visa" }),
        redirect: "manual",
      });
      await sync();
    },
    async use(microUsd, { ownKey = false, estimated = false } = {}) {
      const id = mint("usage");
      await db.withTenant({ tenantId }, (tx) =>
        tx.query(
          `INSERT INTO usage (tenant_id, id, key, task_id, attempt_id, provider, model, tokens, price, micro_usd,
             own_key, estimated, created_at)
           VALUES ($1, $2, $2, $3, $4, 'p', 'm', '{}', '{}', $5, $6, $7, $8)`,
          [tenantId, id, ids.taskId, ids.attemptId, microUsd, ownKey, estimated, new Date(clock.now)],
        ),
      );
      return id;
    },
  };
}
