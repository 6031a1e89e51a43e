import { AicdError } from "@aicd/core";
import type { FastifyRequest } from "fastify";
import { sessionCookie } from "./cookies.ts";
import type { Identity } from "./identity.ts";
import { type Peppers, sameText } from "./tokens.ts";

export const CSRF_HEADER = "x-csrf-token";

/**
 * A write with a cookie must come from our own pages or the configured frontend, and carry the token that
 * `GET /auth/session` gave: a cookie alone proves only which browser it was.
 * @throws AicdError `forbidden`
 */
export function refuseForgery(
  deps: { publicUrl: string; frontendOrigin: string | undefined; peppers: Peppers },
  request: FastifyRequest,
  identity: Identity,
): void {
  if (identity.kind !== "user" || identity.via !== "cookie") return;
  const { origin } = request.headers;
  const allowed = [new URL(deps.publicUrl).origin, deps.frontendOrigin];
  if (origin !== undefined && !allowed.includes(origin)) {
    throw new AicdError("forbidden", "This page may not act for you here. Use the app's own pages.");
  }
  const session = sessionCookie(deps.publicUrl, request) ?? "";
  const given = request.headers[CSRF_HEADER];
  if (typeof given !== "string" || !sameText(given, deps.peppers.csrf(session))) {
    throw new AicdError(
      "forbidden",
      `Send the token from GET /auth/session as ${CSRF_HEADER} with every write.`,
    );
  }
}
