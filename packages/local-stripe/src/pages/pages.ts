import type { FastifyInstance } from "fastify";
import { find } from "../http/call.ts";
import { parseForm } from "../http/form.ts";
import { useCard } from "../payments/methods.ts";
import { updateSubscription } from "../subscriptions/update.ts";
import type { PortalSession, Subscription } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { complete } from "./complete.ts";
import { button, dollars, page, safe } from "./html.ts";

type At = { Params: { id: string } };
const GOOD = "pm_card_visa";
const BAD = "pm_card_chargeCustomerFail";

/** The pages people see: Checkout, the customer portal, an invoice. */
export function pageRoutes(world: World, server: FastifyInstance): void {
  const form = (body: unknown) => parseForm(String(body ?? "")) as Record<string, string>;
  server.get<At>("/c/pay/:id", (request, reply) =>
    reply.type("text/html").send(checkoutPage(world, request.params.id, "")),
  );
  server.post<At>("/c/pay/:id", (request, reply) => {
    const session = find(world.sessions, "checkout session", request.params.id);
    const done = complete(world, session, form(request.body).card ?? GOOD);
    if ("to" in done) return reply.redirect(done.to, 303);
    return reply
      .code(402)
      .type("text/html")
      .send(checkoutPage(world, session.id, done.declined));
  });
  server.get<At>("/p/session/:id", (request, reply) =>
    reply.type("text/html").send(portalPage(world, find(world.portals, "session", request.params.id))),
  );
  server.post<At>("/p/session/:id", (request, reply) => {
    const session = find(world.portals, "session", request.params.id);
    act(world, session, form(request.body));
    return reply.redirect(session.url, 303);
  });
  server.get<At>("/i/:id", (request, reply) => {
    const invoice = find(world.invoices, "invoice", request.params.id);
    const lines = invoice.lines.data.map(
      ({ description, quantity, amount }) =>
        `<li>${safe(description)}: ${quantity} — ${dollars(amount)}</li>`,
    );
    const body = `<ul>${lines.join("")}</ul><p>Due ${dollars(invoice.amount_due)}, ${invoice.status}</p>`;
    return reply.type("text/html").send(page(`Invoice ${invoice.number ?? invoice.id}`, body));
  });
}

function checkoutPage(world: World, id: string, declined: string): string {
  const session = find(world.sessions, "checkout session", id);
  if (session.status !== "open") return page("Checkout", `<p>This session is ${session.status}.</p>`);
  const items = (world.carts.get(id)?.items ?? []).map(({ price, quantity }) => {
    const sold = world.prices.get(price);
    const name = world.products.get(sold?.product ?? "")?.name ?? price;
    return `<li>${quantity === undefined ? "" : `${quantity} × `}${safe(name)}</li>`;
  });
  const back = session.cancel_url === null ? "" : `<a href="${safe(session.cancel_url)}">Back</a>`;
  const body = `<ul>${items.join("")}</ul><p>Due today ${dollars(session.amount_total)}</p>
<p role="alert">${safe(declined)}</p>
${button(`/c/pay/${id}`, "Pay with a good card", { card: GOOD })}${button(`/c/pay/${id}`, "Pay with a declined card", { card: "pm_card_chargeDeclined" })}${back}`;
  return page("Checkout", body);
}

function portalPage(world: World, session: PortalSession): string {
  const action = `/p/session/${session.id}`;
  const rows = livingOf(world, session).map((subscription) => {
    const changes = offered(world, session).map((price) =>
      button(
        action,
        `Change to ${world.products.get(world.prices.get(price)?.product ?? "")?.name ?? price}`,
        {
          do: "change",
          subscription: subscription.id,
          price,
        },
      ),
    );
    const end = subscription.cancel_at_period_end
      ? button(action, "Keep the plan", { do: "keep", subscription: subscription.id })
      : button(action, "Cancel at the period's end", { do: "cancel", subscription: subscription.id });
    return `<li>${subscription.id}: ${subscription.status} ${changes.join("")}${end}</li>`;
  });
  const cards = `${button(action, "Use a good card", { do: "card", card: GOOD })}${button(action, "Use a card that fails", { do: "card", card: BAD })}`;
  const back = session.return_url === null ? "" : `<a href="${safe(session.return_url)}">Return</a>`;
  return page("Customer portal", `<ul>${rows.join("")}</ul>${cards}${back}`);
}

function act(world: World, session: PortalSession, asked: Record<string, string>): void {
  if (asked.do === "card") {
    useCard(world, session.customer, asked.card ?? GOOD);
    return;
  }
  const subscription = livingOf(world, session).find(({ id }) => id === asked.subscription);
  if (subscription === undefined) return;
  if (asked.do === "cancel" || asked.do === "keep") {
    updateSubscription(world, subscription, { cancel_at_period_end: asked.do === "cancel" });
    return;
  }
  const flat = subscription.items.data.find(({ price }) => price.recurring?.usage_type === "licensed");
  if (flat === undefined || asked.price === undefined || !offered(world, session).includes(asked.price))
    return;
  updateSubscription(world, subscription, { items: [{ id: flat.id, price: asked.price }] });
}

function livingOf(world: World, { customer }: PortalSession): Subscription[] {
  return [...world.subscriptions.values()].filter(
    (each) => each.customer === customer && each.ended_at === null,
  );
}

/** Prices the portal's configuration lets people change to. */
function offered(world: World, { configuration }: PortalSession): string[] {
  const { features } = world.configurations.get(configuration) as {
    features?: { subscription_update?: { enabled?: boolean; products?: { prices: string[] }[] | null } };
  };
  if (!features?.subscription_update?.enabled) return [];
  return (features.subscription_update.products ?? []).flatMap(({ prices }) => prices);
}
