import { customerRoutes } from "../catalog/customers.ts";
import { emit } from "../events/emit.ts";
import { StripeError } from "../http/errors.ts";
import { useCard } from "../payments/methods.ts";
import { createSubscription } from "../subscriptions/create.ts";
import type { Customer, Session } from "../world/types.ts";
import type { World } from "../world/world.ts";

/**
 * What the button of a Checkout page does. A declined card leaves the session open.
 * @returns where the browser goes, or what the page says instead
 */
export function complete(
  world: World,
  session: Session,
  card: string,
): { to: string } | { declined: string } {
  const cart = world.carts.get(session.id);
  if (session.status !== "open" || cart === undefined) return { to: session.success_url };
  const customer = session.customer ?? makeCustomer(world).id;
  const method = useCard(world, customer, card);
  let subscription: string;
  try {
    const made = createSubscription(world, {
      customer,
      items: cart.items,
      metadata: cart.metadata,
      default_payment_method: method.id,
      payment_behavior: "error_if_incomplete",
      ...(cart.trialDays === undefined ? {} : { trial_period_days: cart.trialDays }),
    });
    subscription = made.id;
    session.invoice = made.latest_invoice;
  } catch (error) {
    // A refused card is said on the page, as Stripe does.
    if (!(error instanceof StripeError) || error.status !== 402) throw error;
    return { declined: error.message };
  }
  Object.assign(session, { customer, subscription, status: "complete", payment_status: "paid", url: null });
  emit(world, "checkout.session.completed", session);
  return { to: session.success_url.replaceAll("{CHECKOUT_SESSION_ID}", session.id) };
}

function makeCustomer(world: World): Customer {
  const make = customerRoutes["post /v1/customers"];
  return make?.({ world, id: "", asked: {}, url: "" }) as Customer;
}
