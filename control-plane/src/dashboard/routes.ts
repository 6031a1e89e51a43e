import { AicdError } from "@aicd/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../deps.ts";
import { neighbourhood, type Rate } from "../http/limits/rates.ts";
import { authenticate } from "../identity/authenticate.ts";
import type { Asset, Assets } from "./assets.ts";
import { appPage, sendPage, welcomePage } from "./page.ts";

/** What the browser's own router knows; everything else is not there. */
const VIEWS = "tasks|repositories|usage|billing|members|api-keys|secrets|webhooks|settings|audit-log|runners";
const ADDRESSES = [
  "/",
  "/organizations/:login",
  `/organizations/:login/:view(^(?:${VIEWS})$)`,
  "/organizations/:login/:view(^(?:tasks|repositories|webhooks)$)/:id",
];

/** Of one address: each page looks for a session in the database, also for cookies that are made up. */
const PAGES: Rate = { name: "page", capacity: 300, windowS: 60 };
const YEAR_S = 31_536_000;

/** The dashboard: pages at `/` and below `/organizations`, and the files they are made of. */
export function dashboardRoutes(deps: Deps & { appUrl: string; assets: Assets }) {
  const { assets } = deps;
  const app = appPage(assets);

  return async function routes(server: FastifyInstance): Promise<void> {
    for (const asset of assets.files) {
      server.get(asset.url, async (request, reply) => sendAsset(request, reply, asset));
    }
    for (const address of ADDRESSES) {
      server.get(address, async (request, reply) => {
        const grant = await deps.limiter.take(PAGES, neighbourhood(request.ip));
        if (!grant.granted) {
          reply.header("retry-after", String(grant.waitS));
          throw new AicdError("limited", `Too many pages for this address. Come back in ${grant.waitS} s.`);
        }
        const identity = await authenticate(deps, request).catch(strangerFor);
        if (identity?.kind === "user") return sendPage(reply, app);
        const { appUrl } = deps;
        const canSignIn = deps.signIn !== undefined;
        return sendPage(reply, welcomePage(assets, { appUrl, returnTo: request.url, canSignIn }));
      });
    }
  };
}

/** A key that is wrong is no reason to refuse a page that anybody may read; a database that is away is. */
function strangerFor(error: unknown): undefined {
  if (error instanceof AicdError && error.kind === "unauthenticated") return undefined;
  throw error;
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  reply
    .headers({
      "cache-control": `public, max-age=${YEAR_S}, immutable`,
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      vary: "accept-encoding",
    })
    .type(asset.type);
  const packed = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  return packed ? reply.header("content-encoding", "gzip").send(asset.gzip) : reply.send(asset.bytes);
}
