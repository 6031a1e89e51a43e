import { AicdError } from "@aicd/core";
import { findSession, locateApiKey, noteApiKeyUse } from "@aicd/db";
import type { FastifyRequest } from "fastify";
import type { Deps } from "../deps.ts";
import { sessionCookie } from "./cookies.ts";
import type { Identity } from "./identity.ts";
import { type Peppers, sha256, tokenKind } from "./tokens.ts";

type IdentityDeps = Pick<Deps, "db" | "log" | "publicUrl" | "now"> & { peppers: Peppers };

const NOTED_MS = 60_000;

/**
 * Who sent the request, by API key, frontend token or browser cookie; undefined: nobody said.
 * @throws AicdError `unauthenticated` for credentials that are there but wrong, expired or revoked
 */
export async function authenticate(
  deps: IdentityDeps,
  request: FastifyRequest,
): Promise<Identity | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^bearer ([\w-]{1,200})$/i.exec(authorization.trim())?.[1] ?? "";
    const kind = tokenKind(token);
    if (kind === "key") return fromApiKey(deps, token);
    if (kind === "session") return fromSession(deps, token, "token");
    throw new AicdError(
      "unauthenticated",
      "Send an API key or an access token as `authorization: Bearer …`.",
    );
  }
  const cookie = sessionCookie(deps.publicUrl, request);
  return cookie === undefined ? undefined : fromSession(deps, cookie, "cookie");
}

async function fromApiKey(deps: IdentityDeps, token: string): Promise<Identity> {
  const hashes = deps.peppers.hashes(token);
  const key = await locateApiKey(deps.db.system, hashes);
  if (key === undefined) {
    throw new AicdError("unauthenticated", "The API key is unknown, revoked or expired. Make a new one.");
  }
  // The answer does not wait for this note, and does not fail with it. Noted a moment ago is noted.
  const noted = deps.now() - (key.lastUsedAt?.getTime() ?? 0) < NOTED_MS && key.hash.equals(hashes[0]);
  if (!noted)
    void noteApiKeyUse(deps.db.system, key, hashes[0]).catch((err: unknown) =>
      deps.log.warn({ err, keyId: key.id }, "the use of an API key was not noted"),
    );
  const { tenantId, id: keyId, name, role, scopes, repositories, createdBy, maker } = key;
  return { kind: "api_key", tenantId, keyId, name, role, scopes, repositories, createdBy, maker };
}

async function fromSession(
  deps: IdentityDeps,
  token: string,
  via: "cookie" | "token",
): Promise<Identity | undefined> {
  const found = await findSession(deps.db.system, sha256(token));
  if (found?.session.kind === (via === "cookie" ? "browser" : "token")) {
    const { session, user } = found;
    return {
      kind: "user",
      userId: user.id,
      githubId: user.githubId,
      login: user.login,
      sessionId: session.id,
      via,
    };
  }
  // A browser keeps a cookie long after its session; that is no more than not being signed in.
  if (via === "cookie") return undefined;
  throw new AicdError(
    "unauthenticated",
    "The access token is unknown or expired. Refresh it, or sign in again.",
  );
}
