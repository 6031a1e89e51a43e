import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../deps.ts";
import { authenticate } from "../identity/authenticate.ts";
import type { Asset, Assets } from "./assets.ts";
import { appPage, sendPage, welcomePage } from "./page.ts";

/** What the browser's own router knows; everything else is not there. */
const VIEWS = "tasks|repositories|usage|members|api-keys|secrets|settings|audit-log|runners";
const ADDRESSES = [
  "/",
  "/organizations/:login",
  `/organizations/:login/:view(^(?:${VIEWS})$)`,
  "/organizations/:login/:view(^(?:tasks|repositories)$)/:id",
];

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
        // A key that is wrong is no reason to refuse a page that anybody may read.
        const identity = await authenticate(deps, request).catch(() => undefined);
        if (identity?.kind === "user") return sendPage(reply, app);
        const { appUrl } = deps;
        const canSignIn = deps.signIn !== undefined;
        return sendPage(reply, welcomePage(assets, { appUrl, returnTo: request.url, canSignIn }));
      });
    }
  };
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
