import { DEFAULT_SALES_PLANS, LIMITS } from "@aicd/core";
import { APP_ROLE, createDatabase, SYSTEM_ROLE } from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { createLogger, createRedactor, Secret } from "@aicd/ops";
import fastify from "fastify";
import { Stripe } from "stripe";
import { afterAll, expect, it } from "vitest";
import type { Deps } from "../deps.ts";
import { insistOnAuthenticationBeforeLargeBodies } from "../http/limits/large-bodies.ts";
import { problemHandler } from "../http/problems/problem-handler.ts";
import { stripeRoutes } from "./webhook.ts";

const SECRET = "whsec_of_this_test";
const database = await createTestDatabase();
afterAll(() => database.drop());
const db = createDatabase({
  app: database.createPool({ role: APP_ROLE }),
  system: database.createPool({ role: SYSTEM_ROLE }),
});
const log = createLogger({ level: "silent", redactor: createRedactor() });
const client = new Stripe("sk_test_x");
const billing = { plans: DEFAULT_SALES_PLANS, stripe: { client, webhookSecret: new Secret(SECRET) } };
const owed: unknown[] = [];
const enqueue: Deps["enqueue"] = async (_tx, job, payload) => void owed.push([job, payload]);
const server = fastify();
insistOnAuthenticationBeforeLargeBodies(server);
server.setErrorHandler(problemHandler(log, () => false));
server.register(stripeRoutes({ db, billing, enqueue }));
afterAll(() => server.close());

function event(customer: string, filler = 0): string {
  const object = { object: "subscription", id: "sub_1", customer, note: "x".repeat(filler) };
  return JSON.stringify({ id: "evt_1", object: "event", type: "x", data: { object } });
}
const post = (payload: string, secret = SECRET) =>
  server.inject({
    method: "POST",
    url: "/api/stripe/webhooks",
    payload,
    headers: {
      "content-type": "application/json",
      "stripe-signature": client.webhooks.generateTestHeaderString({ payload, secret }),
    },
  });

it("an event of nobody we know is taken, a forged one is refused, and a giant is not read", async () => {
  expect((await post(event("cus_nobody"))).json()).toEqual({ received: true });
  expect((await post(event("cus_nobody"), "whsec_another")).statusCode).toBe(401);
  expect((await post(event("cus_nobody", LIMITS.strangerBodyBytes))).statusCode).toBe(413);
});
