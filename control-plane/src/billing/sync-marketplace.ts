import type { SalesPlans } from "@aicd/core";
import {
  findSubscriptions,
  listAccounts,
  putSubscription,
  refreshEntitlement,
  type SubscriptionRow,
  tenantOfAccount,
} from "@aicd/db";
import { isStatus } from "@aicd/github";
import type { Deps } from "../deps.ts";
import type { BillingDeps } from "./billing.ts";

type MarketplaceDeps = BillingDeps & Pick<Deps, "github">;
const DAY_MS = 86_400_000;
/** Marketplace bills by months; its plans have no other cycle here. */
const CYCLE_MS = 30 * DAY_MS;

/**
 * Job `sync-marketplace`: what the listing says of an account now. An event only says that something changed. Somebody
 * who bought and has not installed yet is asked about again when the installation comes.
 */
export async function syncMarketplace(
  deps: MarketplaceDeps,
  { accountId }: { accountId: number },
): Promise<void> {
  const tenantId = await tenantOfAccount(deps.db.system, accountId);
  if (tenantId === undefined) return;
  await deps.db.withTenant({ tenantId }, async (tx) => {
    await tx.query("SELECT pg_advisory_xact_lock(hashtext('marketplace:' || $1))", [tenantId]);
    const known = (await findSubscriptions(tx)).find(({ seller }) => seller === "marketplace");
    const bought = await purchaseOf(deps, accountId);
    if (bought === undefined && known === undefined) return;
    const now = deps.now();
    await putSubscription(
      tx,
      bought === undefined ? ended(known, accountId, now) : said(deps.billing.plans, bought, now),
    );
    await refreshEntitlement(tx, deps.billing.plans, now);
  });
}

/** Round of a day: events that never came. */
export async function reconcileMarketplace(deps: MarketplaceDeps): Promise<void> {
  for (const accountId of await listAccounts(deps.db.system)) await syncMarketplace(deps, { accountId });
}

async function purchaseOf({ github }: MarketplaceDeps, accountId: number) {
  try {
    return (await github.app.rest.apps.getSubscriptionPlanForAccount({ account_id: accountId })).data;
  } catch (error) {
    // It bought nothing, or there is no listing.
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

type Purchase = NonNullable<Awaited<ReturnType<typeof purchaseOf>>>;
type Said = Omit<SubscriptionRow, "tenantId" | "updatedAt">;

function said(plans: SalesPlans, bought: Purchase, now: number): Said {
  const { marketplace_purchase: purchase, marketplace_pending_change: pending } = bought;
  const end = Date.parse(purchase.free_trial_ends_on ?? purchase.next_billing_date ?? "") || now + CYCLE_MS;
  return {
    seller: "marketplace",
    customerId: String(bought.id),
    externalId: String(bought.id),
    plan: planNamed(plans, purchase.plan?.name),
    state: purchase.on_free_trial ? "trialing" : "active",
    seats: Math.max(1, purchase.unit_count ?? 1),
    // Marketplace has no meter: what is included is all there is.
    overage: false,
    periodStart: new Date(end - CYCLE_MS),
    periodEnd: new Date(end),
    pastDueSince: null,
    pending: pending?.plan === undefined ? null : planNamed(plans, pending.plan.name),
  };
}

function ended(known: SubscriptionRow | undefined, accountId: number, now: number): Said {
  const at = new Date(now);
  return {
    seller: "marketplace",
    customerId: String(accountId),
    externalId: null,
    plan: known?.plan ?? "free",
    state: "ended",
    seats: 1,
    overage: false,
    periodStart: known?.periodStart ?? at,
    periodEnd: known?.periodEnd ?? at,
    pastDueSince: null,
    pending: null,
  };
}

/** Ours of that name in the listing; one that we do not know is the free plan, and is named by reconciling. */
function planNamed(plans: SalesPlans, listed: string | undefined): string {
  return (
    [...plans].find(([, { marketplace }]) => marketplace !== undefined && marketplace === listed)?.[0] ??
    "free"
  );
}
