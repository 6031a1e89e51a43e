import { AicdError } from "@aicd/core";
import { listTenantsOfUser, revokeSessions } from "@aicd/db";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { neighbourhood, type Rate, rateHeaders } from "../http/limits/rates.ts";
import { authenticate } from "../identity/authenticate.ts";
import { readCookie, sessionCookie, setCookie } from "../identity/cookies.ts";
import { CSRF_HEADER, refuseForgery } from "../identity/csrf.ts";
import type { Tokens } from "../identity/tokens.ts";
import { GRACE_SECONDS, refresh } from "./refresh.ts";
import {
  ACCESS_SECONDS,
  BROWSER_SECONDS,
  CALLBACK_PATH,
  exchangeCode,
  finishSignIn,
  issueCode,
  openBrowserSession,
  startSignIn,
} from "./sign-in.ts";

const SIGN_IN_SECONDS = 600;
/** Of one address, signed in or not: nobody needs more, and whoever guesses gets no further. */
const SIGN_INS: Rate = { name: "sign-in", capacity: 120, windowS: 60 };

const Begin = z.object({
  /** A path of this server; for a frontend, an address of its own. */
  return_to: z.string().max(2_000).default("/"),
  /** S256 of the frontend's verifier. With it the frontend gets a code instead of the browser a cookie. */
  code_challenge: z
    .string()
    .regex(/^[\w-]{43}$/, "must be an S256 challenge: 43 characters of base64url")
    .optional(),
});
const Callback = z.object({
  code: z.string().regex(/^[\w-]{1,200}$/),
  state: z.string().regex(/^[\w-]{1,200}$/),
});
const TokenRequest = z.discriminatedUnion("grant_type", [
  z.object({
    grant_type: z.literal("authorization_code"),
    code: z.string().max(200),
    code_verifier: z.string().min(43).max(128),
  }),
  z.object({ grant_type: z.literal("refresh_token"), refresh_token: z.string().max(200) }),
]);

/** Signing in with GitHub: a cookie for browsers, a token with a refresh token for the frontend. */
export function identityRoutes(deps: Deps) {
  return async function routes(server: FastifyInstance): Promise<void> {
    server.addHook("onRequest", async (request, reply) => {
      const grant = await deps.limiter.take(SIGN_INS, neighbourhood(request.ip));
      reply.headers(rateHeaders([grant]));
      if (grant.granted) return;
      reply.header("retry-after", String(grant.waitS));
      throw new AicdError("limited", `Too many tries from this address. Come back in ${grant.waitS} s.`);
    });
    server.addHook("onSend", async (_request, reply) => {
      reply.header("cache-control", "no-store").header("referrer-policy", "no-referrer");
    });
    server.get("/auth/github", (request, reply) => begin(deps, request, reply));
    server.get(CALLBACK_PATH, (request, reply) => finish(deps, request, reply));
    server.post("/auth/token", (request, reply) => giveTokens(deps, request, reply));
    server.get("/auth/session", (request) => describeSession(deps, request));
    server.post("/auth/sign-out", (request, reply) => signOut(deps, request, reply));
  };
}

async function begin(deps: Deps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { return_to: returnTo, code_challenge: challenge = null } = Begin.parse(request.query);
  const kind = challenge === null ? ("browser" as const) : ("token" as const);
  const target = targetOf(deps, kind, returnTo);
  const { url, browser } = await startSignIn(deps, { kind, returnTo: target, challenge });
  setCookie(deps.publicUrl, reply, "signIn", { value: browser, maxAgeSeconds: SIGN_IN_SECONDS });
  return reply.redirect(url);
}

async function finish(deps: Deps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const parsed = Callback.safeParse(request.query);
  if (!parsed.success) throw refusedByGitHub(request);
  const browser = readCookie(deps.publicUrl, request, "signIn");
  const { signIn, user } = await finishSignIn(deps, { ...parsed.data, browser });
  setCookie(deps.publicUrl, reply, "signIn", undefined);
  if (signIn.challenge !== null) {
    const target = new URL(signIn.returnTo);
    target.searchParams.set("code", await issueCode(deps, user.id, signIn.challenge));
    return reply.redirect(target.href);
  }
  await endPresentSession(deps, request);
  const value = await openBrowserSession(deps, user.id);
  setCookie(deps.publicUrl, reply, "session", { value, maxAgeSeconds: BROWSER_SECONDS });
  return reply.redirect(signIn.returnTo);
}

async function giveTokens(deps: Deps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = TokenRequest.parse(request.body);
  const tokens =
    body.grant_type === "authorization_code"
      ? await exchangeCode(deps, { code: body.code, verifier: body.code_verifier })
      : await refresh(deps, body.refresh_token);
  return sendTokens(reply, tokens);
}

async function describeSession(deps: Deps, request: FastifyRequest) {
  const identity = await authenticate(deps, request);
  if (identity?.kind !== "user") {
    throw new AicdError("unauthenticated", "Nobody is signed in here. Start at /auth/github.");
  }
  const cookie = sessionCookie(deps.publicUrl, request);
  const organizations = await listTenantsOfUser(deps.db.system, identity.userId);
  return {
    user: { id: identity.userId, login: identity.login, githubId: identity.githubId },
    organizations: organizations.map(({ tenantId, ...rest }) => ({ id: tenantId, ...rest })),
    ...(identity.via === "cookie" && cookie !== undefined
      ? { csrf: { header: CSRF_HEADER, token: deps.peppers.csrf(cookie) } }
      : {}),
  };
}

async function signOut(deps: Deps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const identity = await authenticate(deps, request);
  if (identity?.kind === "user") {
    refuseForgery(deps, request, identity);
    await revokeSessions(deps.db.system, { id: identity.sessionId });
  }
  setCookie(deps.publicUrl, reply, "session", undefined);
  return reply.code(204).send();
}

/** Where a sign-in may lead: a path of ours, or the configured frontend. Nowhere else, however it is spelled. */
function targetOf(deps: Deps, kind: "browser" | "token", returnTo: string): string {
  const base = new URL(deps.publicUrl);
  const url = URL.canParse(returnTo, base.href) ? new URL(returnTo, base.href) : undefined;
  const allowed = kind === "browser" ? base.origin : deps.frontendOrigin;
  if (url !== undefined && url.origin === allowed && url.username === "") return url.href;
  throw new AicdError(
    "invalid",
    kind === "browser"
      ? "return_to must be a path of this server."
      : "return_to must be an address of the configured frontend (FRONTEND_ORIGIN).",
  );
}

function refusedByGitHub(request: FastifyRequest): AicdError {
  const { error } = request.query as { error?: unknown };
  return new AicdError(
    "invalid",
    error === "access_denied"
      ? "The sign-in was declined on GitHub. Start again at /auth/github if that was a mistake."
      : "This page must be reached from GitHub. Start at /auth/github.",
  );
}

async function endPresentSession(deps: Deps, request: FastifyRequest): Promise<void> {
  const present = await authenticate(deps, request).catch(() => undefined);
  if (present?.kind === "user" && present.via === "cookie") {
    await revokeSessions(deps.db.system, { id: present.sessionId });
  }
}

function sendTokens(reply: FastifyReply, { accessToken, refreshToken }: Tokens): FastifyReply {
  return reply.send({
    access_token: accessToken,
    token_type: "bearer",
    // A repeated answer is up to that much older than it looks.
    expires_in: ACCESS_SECONDS - GRACE_SECONDS,
    refresh_token: refreshToken,
  });
}
