import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { App } from "../world/app.ts";
import type { Identity } from "../world/identity.ts";
import type { World } from "../world/world.ts";
import { badCredentials, forbidden, GitHubError } from "./errors.ts";

const MAX_JWT_AGE_SECONDS = 600;
const CLOCK_DRIFT_SECONDS = 60;

/** Turns the Authorization header into an identity. Throws 401 for credentials that are present but wrong. */
export function authenticate(world: World, header: string | undefined): Identity {
  if (!header) return { kind: "anonymous" };
  const token = tokenFrom(header);
  if (!token) throw badCredentials();
  const known = world.tokens.get(token);
  if (known) return current(known);
  if (token.split(".").length === 3 && !token.startsWith("ghs_")) return appFrom(world, token);
  throw badCredentials();
}

/** Bearer and token schemes carry the token itself; Basic, which git uses, carries it as the password. */
function tokenFrom(header: string): string | undefined {
  const [scheme = "", value = ""] = header.split(" ", 2);
  if (/^(bearer|token)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  const plain = Buffer.from(value, "base64").toString();
  return plain.slice(plain.indexOf(":") + 1) || plain.slice(0, plain.indexOf(":"));
}

function current(identity: Identity): Identity {
  if (identity.kind !== "installation") return identity;
  if (identity.expiresAt <= Date.now()) throw badCredentials();
  if (identity.installation.suspendedAt) throw forbidden("This installation has been suspended");
  return identity;
}

interface AppClaims {
  iss?: unknown;
  iat?: unknown;
  exp?: unknown;
}

function appFrom(world: World, token: string): Identity {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = decode(payload) as AppClaims | undefined;
  if ((decode(header) as { alg?: unknown } | undefined)?.alg !== "RS256" || !claims) throw undecodable();
  const app = [...world.apps.values()].find((each) =>
    [String(each.id), each.clientId].includes(String(claims.iss)),
  );
  if (!app) throw new GitHubError(401, "Integration not found");
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify("RSA-SHA256", signed, keyOf(app), Buffer.from(signature, "base64url"))) throw undecodable();

  const now = Date.now() / 1000;
  const { iat, exp } = claims;
  if (typeof exp !== "number" || exp <= now) {
    throw new GitHubError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + MAX_JWT_AGE_SECONDS + CLOCK_DRIFT_SECONDS) {
    throw new GitHubError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (typeof iat !== "number" || iat > now + CLOCK_DRIFT_SECONDS) {
    throw new GitHubError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  return { kind: "app", app };
}

const keys = new WeakMap<App, KeyObject>();

function keyOf(app: App): KeyObject {
  const known = keys.get(app) ?? createPublicKey(app.publicKeyPem);
  keys.set(app, known);
  return known;
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    // Anything may arrive as a token; one that is not JSON is simply not a token.
    return undefined;
  }
}

function undecodable(): GitHubError {
  return new GitHubError(401, "A JSON web token could not be decoded");
}
