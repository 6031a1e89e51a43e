import { createHash, randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { accountNamed } from "../accounts/account.ts";
import { html, page } from "../pages/html.ts";
import type { App } from "../world/app.ts";
import type { World } from "../world/world.ts";

const CODE_MS = 600_000;
const ACCESS_SECONDS = 28_800;
const REFRESH_SECONDS = 15_897_600;

/** GitHub's web flow for the users of an App: the page that asks, and the exchange of the code. */
export function oauthPages(world: World, server: FastifyInstance): void {
  server.get("/login/oauth/authorize", (request, reply) => {
    const asked = request.query as Record<string, string | undefined>;
    const app = appOf(world, asked.client_id);
    if (!app) return show(reply.code(404), page("Not found", html`<h1>Not found</h1>`));
    const people = [...world.accounts.values()].filter((each) => each.type === "User");
    const fields = Object.entries(asked).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value ?? ""}">`,
    );
    const buttons = people.map(
      ({ login }) => html`<button name="login" value="${login}">Authorize as ${login}</button> `,
    );
    return show(
      reply,
      page(
        `Authorize ${app.name}`,
        html`<h1>Authorize ${app.name}</h1><form method="post" action="/login/oauth/authorize">${fields}${buttons}<button name="decline" value="1">Cancel</button></form>`,
      ),
    );
  });
  server.post("/login/oauth/authorize", (request, reply) => authorize(world, request, reply));
  server.post("/login/oauth/access_token", (request, reply) => exchange(world, request, reply));
}

function authorize(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const form = Object.fromEntries(new URLSearchParams(textOf(request)));
  const app = appOf(world, form.client_id);
  const account = form.login === undefined ? undefined : accountNamed(world, form.login);
  if (!app || !form.redirect_uri) return reply.code(404).send("Not Found");
  const target = new URL(form.redirect_uri);
  if (form.state) target.searchParams.set("state", form.state);
  if (form.decline || account?.type !== "User") {
    target.searchParams.set("error", "access_denied");
    return reply.redirect(target.href);
  }
  const code = randomBytes(10).toString("hex");
  world.grants.set(code, {
    app,
    account,
    redirectUri: form.redirect_uri,
    challenge: form.code_challenge_method === "S256" ? form.code_challenge : undefined,
    expiresAt: Date.now() + CODE_MS,
  });
  target.searchParams.set("code", code);
  return reply.redirect(target.href);
}

/** Refusals come with status 200, as GitHub's do. */
function exchange(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = bodyOf(request);
  const app = appOf(world, asked.client_id);
  if (!app || app.clientSecret !== asked.client_secret) {
    return refuse(
      reply,
      "incorrect_client_credentials",
      "The client_id and/or client_secret passed are incorrect.",
    );
  }
  const grant = world.grants.get(asked.code ?? "");
  world.grants.delete(asked.code ?? "");
  const verified =
    grant?.challenge === undefined ||
    createHash("sha256")
      .update(asked.code_verifier ?? "")
      .digest("base64url") === grant.challenge;
  if (grant?.app !== app || grant.expiresAt < Date.now() || !verified) {
    return refuse(reply, "bad_verification_code", "The code passed is incorrect or expired.");
  }
  if (asked.redirect_uri !== undefined && asked.redirect_uri !== grant.redirectUri) {
    return refuse(
      reply,
      "redirect_uri_mismatch",
      "The redirect_uri MUST match the registered callback URL for this application.",
    );
  }
  const token = `ghu_${randomBytes(27).toString("hex").slice(0, 36)}`;
  world.tokens.set(token, { kind: "user", account: grant.account, viaApp: app });
  return reply.send({
    access_token: token,
    expires_in: ACCESS_SECONDS,
    refresh_token: `ghr_${randomBytes(38).toString("hex")}`,
    refresh_token_expires_in: REFRESH_SECONDS,
    scope: "",
    token_type: "bearer",
  });
}

function refuse(reply: FastifyReply, error: string, description: string): FastifyReply {
  return reply.send({ error, error_description: description });
}

function appOf(world: World, clientId: string | undefined): App | undefined {
  return [...world.apps.values()].find((each) => each.clientId === clientId);
}

function textOf(request: FastifyRequest): string {
  return Buffer.isBuffer(request.body) ? request.body.toString() : "";
}

function bodyOf(request: FastifyRequest): Record<string, string | undefined> {
  const text = textOf(request);
  const json = (request.headers["content-type"] ?? "").includes("json");
  return json ? (JSON.parse(text) as Record<string, string>) : Object.fromEntries(new URLSearchParams(text));
}

function show(reply: FastifyReply, markup: string): FastifyReply {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return reply.type("text/html; charset=utf-8").header("content-security-policy", policy).send(markup);
}
