import { randomUUID } from "node:crypto";
import { simpleUser } from "../accounts/shape.ts";
import { mail } from "../webhooks/mail.ts";
import type { Purchase } from "../world/purchase.ts";
import type { World } from "../world/world.ts";

export type PurchaseAction =
  | "purchased"
  | "changed"
  | "pending_change"
  | "pending_change_cancelled"
  | "cancelled";

/** The plan as docs.github.com "REST API endpoints for GitHub Marketplace" shows one. */
export function planShape(world: World, purchase: Pick<Purchase, "plan" | "model">) {
  const id = [...purchase.plan].reduce((sum, sign) => sum * 31 + (sign.codePointAt(0) ?? 0), 7) % 100_000;
  const url = `${world.url}/marketplace_listing/plans/${id}`;
  return {
    url,
    accounts_url: `${url}/accounts`,
    id,
    number: 1,
    name: purchase.plan,
    description: purchase.plan,
    monthly_price_in_cents: 1_000,
    yearly_price_in_cents: 10_000,
    price_model: purchase.model,
    has_free_trial: false,
    unit_name: purchase.model === "PER_UNIT" ? "seat" : null,
    state: "published",
    bullets: [],
  };
}

/** docs.github.com "Webhook events and payloads", `marketplace_purchase`: to the App, whether it is installed or not. */
export function announcePurchase(world: World, action: PurchaseAction, purchase: Purchase): void {
  const { account, units, nextBilling } = purchase;
  const plan = { ...planShape(world, purchase), yearly_price_in_cents: 10_000 };
  const { url: _, accounts_url: __, number: ___, state: ____, ...described } = plan;
  const { trialUntil } = purchase;
  const payload = {
    action,
    effective_date: world.now(),
    sender: { ...simpleUser(world, account), email: `${account.login}@example.com` },
    marketplace_purchase: {
      account: {
        type: account.type,
        id: account.id,
        node_id: account.nodeId,
        login: account.login,
        organization_billing_email: `${account.login}@example.com`,
      },
      billing_cycle: "monthly",
      unit_count: units,
      on_free_trial: trialUntil !== null,
      free_trial_ends_on: trialUntil,
      next_billing_date: nextBilling,
      plan: described,
    },
  };
  for (const app of world.apps.values()) {
    if (!app.webhookUrl) continue;
    const text = JSON.stringify(payload);
    const parcel = {
      guid: randomUUID(),
      event: "marketplace_purchase",
      action,
      installationId: null,
      repositoryId: null,
      payload: text,
      redelivery: false,
    };
    mail(world, app, parcel, () => undefined);
  }
}
