import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { customerRoutes } from "../catalog/customers.ts";
import { priceRoutes } from "../catalog/prices.ts";
import { checkAnswered, checkAsked } from "../contract/check.ts";
import { type Method, type Operation, USED } from "../contract/used.ts";
import { eventRoutes } from "../events/routes.ts";
import { invoiceRoutes } from "../invoices/routes.ts";
import { pageRoutes } from "../pages/pages.ts";
import { sessionRoutes } from "../pages/sessions.ts";
import { subscriptionRoutes } from "../subscriptions/routes.ts";
import { tick } from "../subscriptions/tick.ts";
import { usageRoutes } from "../usage/routes.ts";
import { clockRoutes } from "../world/clocks.ts";
import { mint, type World } from "../world/world.ts";
import type { Routes } from "./call.ts";
import { StripeError } from "./errors.ts";
import { takeFault } from "./faults.ts";
import { parseForm } from "./form.ts";
import { type Answer, repeated } from "./idempotency.ts";

const ROUTES: Routes = {
  ...customerRoutes,
  ...priceRoutes,
  ...usageRoutes,
  ...subscriptionRoutes,
  ...invoiceRoutes,
  ...sessionRoutes,
  ...clockRoutes,
  ...eventRoutes,
};

export function createServer(world: World): FastifyInstance {
  const server = Fastify({ forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  for (const operation of USED) {
    const [method = "get", path = ""] = operation.split(" ") as [Method, string];
    server.route({
      method: method.toUpperCase(),
      url: path.replaceAll(/\{([^}]+)\}/g, ":$1"),
      handler: (request, reply) => serve(world, operation, request, reply),
    });
  }
  pageRoutes(world, server);
  server.setErrorHandler((error, _request, reply) => {
    const known =
      error instanceof StripeError
        ? error
        : new StripeError(500, { type: "api_error", message: String(error) });
    return reply.code(known.status).send(known.body());
  });
  server.setNotFoundHandler((request, reply) => {
    const operation = `${request.method} ${request.url.split("?")[0]}`;
    world.unexpected.push({ operation, detail: "not implemented" });
    return reply
      .code(501)
      .send({ error: { type: "api_error", message: `The local Stripe does not implement ${operation}` } });
  });
  return server;
}

function serve(world: World, operation: Operation, request: FastifyRequest, reply: FastifyReply): unknown {
  reply.header("request-id", mint("req"));
  const fault = takeFault(world, `${request.method} ${request.url}`);
  if (fault === "refuse") return reply.code(500).send(broken());
  if (fault === "limit") {
    const words = { code: "rate_limit", message: "Too many requests hit the API too quickly." };
    return reply.code(429).send(new StripeError(429, words).body());
  }
  const answer = answerTo(world, operation, request, fault === "fail-after");
  if (fault === "lose") {
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  }
  return reply.code(answer.status).send(answer.body);
}

function broken(): object {
  return new StripeError(500, { type: "api_error", message: "An error occurred on Stripe's side." }).body();
}

/** Once for each key: a request that got as far as being carried out is answered alike for ever, a 500 too. */
function answerTo(world: World, operation: Operation, request: FastifyRequest, breaks: boolean): Answer {
  try {
    authenticate(world, request.headers.authorization);
    const key = request.method === "POST" ? request.headers["idempotency-key"]?.toString() : undefined;
    const same = `${request.method} ${request.url} ${String(request.body ?? "")}`;
    const before = key === undefined ? undefined : repeated(world, key, same);
    if (before !== undefined) return before;
    const done = carryOut(world, operation, request);
    const answer = breaks ? { status: 500, body: broken() } : { status: 200, body: structuredClone(done) };
    if (key !== undefined) world.idempotent.set(key, { request: same, answer });
    return answer;
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    return { status: error.status, body: error.body() };
  }
}

function authenticate(world: World, header = ""): void {
  const [, shown = ""] = /^(?:bearer|basic) (.+)$/i.exec(header) ?? [];
  const key = /^basic/i.test(header) ? (Buffer.from(shown, "base64").toString().split(":")[0] ?? "") : shown;
  if (key === world.key) return;
  const message =
    key === ""
      ? "You did not provide an API key."
      : `Invalid API Key provided: ${key.slice(0, 8)}****${key.slice(-4)}`;
  throw new StripeError(401, { message });
}

function carryOut(world: World, operation: Operation, request: FastifyRequest): object {
  const handle = ROUTES[operation];
  if (handle === undefined)
    throw new StripeError(501, { type: "api_error", message: `${operation} is not there yet.` });
  const kind = request.method === "POST" ? "body" : "query";
  const text = kind === "body" ? String(request.body ?? "") : queryOf(request);
  const asked = parseForm(text);
  checkAsked(operation, kind, asked);
  // Of what lives in real time, everything that is due by now has happened.
  tick(world, undefined, world.clock());
  const [id = ""] = Object.values(request.params as Record<string, string>);
  const done = handle({ world, id, asked, url: request.url.split("?")[0] ?? "" });
  const unlike = checkAnswered(operation, done);
  if (unlike !== undefined) world.unexpected.push({ operation, detail: unlike });
  return done;
}

/** A DELETE has its parameters in the body or the query: the official client writes them into the body. */
function queryOf(request: FastifyRequest): string {
  const query = request.url.split("?")[1] ?? "";
  return request.method === "DELETE" ? [query, String(request.body ?? "")].filter(Boolean).join("&") : query;
}
