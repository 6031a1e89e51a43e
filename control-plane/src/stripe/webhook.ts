import { AicdError, LIMITS } from "@aicd/core";
import { tenantOfCustomer } from "@aicd/db";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Stripe } from "stripe";
import type { Billing } from "../billing/billing.ts";
import type { Deps } from "../deps.ts";

const PATH = "/api/stripe/webhooks";

/**
 * `POST /api/stripe/webhooks`: an event, signed over its bytes. It only says that something about a customer changed:
 * the job it owes asks Stripe what is so now. An event of somebody we do not know, or no longer, is taken and let go.
 * Whoever sends it is a stranger until its signature is read, so it may be as long as a stranger's words; what a longer
 * one would have told is asked for by the hourly round.
 */
export function stripeRoutes(deps: Pick<Deps, "billing" | "db" | "enqueue">) {
  return async function routes(server: FastifyInstance): Promise<void> {
    const { billing } = deps;
    if (billing?.stripe === undefined) return;
    server.removeAllContentTypeParsers();
    server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    server.post(PATH, { bodyLimit: LIMITS.strangerBodyBytes }, async (request, reply) => {
      const customer = customerOf(verified(billing.stripe, request));
      const tenantId =
        customer === undefined ? undefined : await tenantOfCustomer(deps.db.system, "stripe", customer);
      if (tenantId !== undefined) {
        await deps.db.withTenant({ tenantId }, (tx) => deps.enqueue(tx, "sync-stripe", { tenantId }));
      }
      return reply.code(200).send({ received: true });
    });
  };
}

function verified(stripe: Billing["stripe"], request: FastifyRequest): Stripe.Event {
  const signature = request.headers["stripe-signature"];
  try {
    if (stripe === undefined || !Buffer.isBuffer(request.body)) throw new Error("no body");
    return stripe.client.webhooks.constructEvent(
      request.body,
      signature ?? "",
      stripe.webhookSecret.reveal(),
    );
  } catch {
    // What is wrong with a forgery helps nobody but the forger.
    throw new AicdError("unauthenticated", "The signature does not fit. Check STRIPE_WEBHOOK_SECRET.");
  }
}

function customerOf(event: Stripe.Event): string | undefined {
  const object = event.data.object as {
    object?: string;
    id?: string;
    customer?: string | { id: string } | null;
  };
  if (object.object === "customer") return object.id;
  const { customer } = object;
  return typeof customer === "string" ? customer : customer?.id;
}
