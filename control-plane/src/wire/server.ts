import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { LIMITS } from "@aicd/core";
import type { Secret } from "@aicd/ops";
import type { NudgeQueue } from "@aicd/queue";
import fastify, { type FastifyInstance } from "fastify";
import { ROUTES } from "../api/routes.ts";
import { loadAssets } from "../dashboard/assets.ts";
import { problemPages } from "../dashboard/page.ts";
import { dashboardRoutes } from "../dashboard/routes.ts";
import type { Deps } from "../deps.ts";
import { schemaRoutes } from "../http/document/schema.ts";
import { securityTextRoutes } from "../http/document/security-text.ts";
import { healthRoutes } from "../http/health.ts";
import { insistOnAuthenticationBeforeLargeBodies } from "../http/limits/large-bodies.ts";
import type { Rates } from "../http/limits/rates.ts";
import { capSockets } from "../http/limits/socket-cap.ts";
import { slowStrangers } from "../http/limits/strangers.ts";
import { HTTP_OPTIONS } from "../http/options.ts";
import { apiRoutes } from "../http/plugin.ts";
import { problemHandler } from "../http/problems/problem-handler.ts";
import { timeAnswers } from "../http/time-answers.ts";
import { modelRoutes } from "../models/gateway.ts";
import { runnerRoutes } from "../runner/routes.ts";
import { walkRoutes } from "../setup/walk.ts";
import { identityRoutes } from "../sign-in/routes.ts";
import { stripeRoutes } from "../stripe/webhook.ts";

/** Where GitHub sends its webhooks; served before Fastify, on the raw bytes. */
const WEBHOOK_PATH = "/api/github/webhooks";
const LOOPBACK = ["127.0.0.0/8", "::1"] as const;

export type WebhookListener = (request: IncomingMessage, response: ServerResponse) => void;

/** The control plane's HTTP. Limits are those of a server that strangers can reach. */
export function createHttpServer(
  deps: Deps & {
    queue: NudgeQueue;
    role: "all" | "web";
    refresh: () => Promise<void>;
    appUrl: string;
    trustedProxies: string[] | undefined;
    rates: Rates;
    metricsToken: Secret | undefined;
    setupToken: string | undefined;
  },
  intake: WebhookListener,
): FastifyInstance {
  const server = fastify({
    ...HTTP_OPTIONS,
    trustProxy: deps.trustedProxies ?? false,
    serverFactory: (handler: RequestListener) => {
      const listener: RequestListener = (request, response) => {
        if (request.url === WEBHOOK_PATH && request.method === "POST") intake(request, response);
        else handler(request, response);
      };
      const http = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, listener);
      http.maxHeadersCount = 100;
      http.maxConnections = 1_000;
      // This machine's own connections are a proxy's or a developer's.
      const exempt = [...LOOPBACK, ...(deps.trustedProxies ?? [])];
      capSockets(http, { perAddress: LIMITS.socketsPerAddress, exempt });
      return http;
    },
  });
  const assets = loadAssets();
  const showPage = problemPages(assets);
  insistOnAuthenticationBeforeLargeBodies(server);
  if (deps.publicUrl.startsWith("https:")) {
    server.addHook("onRequest", async (_request, reply) => {
      reply.header("strict-transport-security", "max-age=31536000");
    });
  }
  timeAnswers(server, deps);
  const judge = slowStrangers(deps, deps.rates.stranger);
  const answerProblem = problemHandler(deps.log, showPage);
  server.setErrorHandler(async (error: Error, request, reply) => {
    answerProblem(await judge(error, request, reply), request, reply);
    return reply;
  });
  server.setNotFoundHandler((request, reply) => {
    const title = "Nothing was found";
    reply.code(404);
    const detail = "There is no page at this address. Check how it is spelled.";
    if (showPage(request, reply, { title, detail })) return;
    reply.header("content-type", "application/problem+json").send({
      type: "about:blank",
      title,
      status: 404,
      detail: `There is no ${request.method} ${request.url.slice(0, 200)} here.`,
    });
  });
  server.register(healthRoutes(deps));
  server.register(securityTextRoutes(deps));
  server.register(schemaRoutes);
  server.register(walkRoutes(deps));
  server.register(identityRoutes(deps));
  server.register(runnerRoutes(deps));
  server.register(modelRoutes(deps, judge));
  server.register(apiRoutes(deps, { routes: ROUTES, rates: deps.rates }));
  server.register(stripeRoutes(deps));
  server.register(dashboardRoutes({ ...deps, assets }));
  return server;
}
