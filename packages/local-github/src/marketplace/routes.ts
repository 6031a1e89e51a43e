import { appRoute } from "../http/door.ts";
import { notFound } from "../http/errors.ts";
import { ok, type Route } from "../http/route.ts";
import { planShape } from "./purchase.ts";

export const marketplaceRoutes: Route[] = [
  appRoute("get", "/marketplace_listing/accounts/{account_id}", ({ world, params }) => {
    const purchase = world.purchases.get(params.account_id);
    if (purchase === undefined) throw notFound();
    const { account, units, trialUntil, nextBilling, pending } = purchase;
    return ok({
      url: `${world.url}/orgs/${account.login}`,
      type: account.type,
      id: account.id,
      login: account.login,
      organization_billing_email: `${account.login}@example.com`,
      marketplace_pending_change:
        pending === undefined
          ? null
          : {
              id: account.id,
              effective_date: nextBilling,
              unit_count: pending.units,
              plan: planShape(world, { ...purchase, plan: pending.plan }),
            },
      marketplace_purchase: {
        billing_cycle: "monthly",
        next_billing_date: nextBilling,
        is_installed: true,
        unit_count: units,
        on_free_trial: trialUntil !== null,
        free_trial_ends_on: trialUntil,
        updated_at: world.now(),
        plan: planShape(world, purchase),
      },
    });
  }),
];
