import { createHash, randomBytes } from "node:crypto";
import { upsertUser } from "@aicd/db";
import { createSignInClient } from "@aicd/github";
import fastify from "fastify";
import { afterAll, describe, expect, it } from "vitest";
import { HTTP_OPTIONS } from "../http/options.ts";
import { problemHandler } from "../http/problems/problem-handler.ts";
import { startHome } from "../testing/home.ts";
import { createTaskWorld } from "../testing/tasks.ts";
import { identityRoutes } from "./routes.ts";
import { issueCode, openBrowserSession } from "./sign-in.ts";

const home = await startHome();
const world = await createTaskWorld({ home });
const { url } = home.github;
const { clientId, clientSecret } = home.app;
const signIn = createSignInClient({ clientId, clientSecret, apiUrl: url, serverUrl: url });
const deps = { ...world.deps, signIn };
const FRONTEND = deps.frontendOrigin ?? "";
const challengeOf = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");

function serverOf(given: typeof deps | typeof world.deps) {
  const server = fastify({ ...HTTP_OPTIONS, trustProxy: true });
  server.setErrorHandler(problemHandler(given.log, () => false));
  server.register(identityRoutes(given));
  afterAll(() => server.close());
  return server;
}

const server = serverOf(deps);
let address = 0;
/** As somebody new each time, so that no test uses up another's tries. */
const from = () => ({ "x-forwarded-for": `10.0.${++address >> 8}.${address & 255}` });
const get = (path: string, headers = {}) => server.inject({ url: path, headers: { ...from(), ...headers } });
const token = (payload: object, headers = from()) =>
  server.inject({ method: "POST", url: "/auth/token", payload, headers });

const person = await upsertUser(deps.db.system, deps.mint, {
  githubId: 4_242,
  login: "lisa",
  name: null,
  avatarUrl: null,
});

/** A frontend that has just got its code. */
async function codeFor(verifier = randomBytes(32).toString("base64url")) {
  return { code: await issueCode(deps, person.id, challengeOf(verifier)), verifier };
}

async function tokens() {
  const { code, verifier } = await codeFor();
  const answer = await token({ grant_type: "authorization_code", code, code_verifier: verifier });
  return answer.json() as { access_token: string; refresh_token: string };
}

describe("a sign-in begins", () => {
  it("at GitHub, tied to this browser by a cookie no script can read", async () => {
    const answer = await get("/auth/github?return_to=/tasks");

    expect(answer.statusCode).toBe(302);
    const to = new URL(String(answer.headers.location));
    expect([to.origin, to.searchParams.get("redirect_uri")]).toEqual([
      url,
      "http://aicd.test/auth/github/callback",
    ]);
    expect(to.searchParams.get("code_challenge_method")).toBe("S256");
    expect(String(answer.headers["set-cookie"])).toMatch(/HttpOnly/i);
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  it.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "http://aicd.test@evil.example/",
    "http://user@aicd.test/",
    "javascript:alert(1)",
    `${FRONTEND}/done`,
  ])("and never leads a browser to %s", async (target) => {
    expect((await get(`/auth/github?return_to=${encodeURIComponent(target)}`)).statusCode).toBe(400);
  });

  it.each([
    [`${FRONTEND}/done`, 302],
    ["/tasks", 400],
    [`${FRONTEND}.evil.example/`, 400],
    ["https://evil.example/", 400],
  ])("for a frontend, which is led to %s: %d", async (target, status) => {
    const path = `/auth/github?code_challenge=${challengeOf("x")}&return_to=${encodeURIComponent(target)}`;

    expect((await get(path)).statusCode).toBe(status);
  });

  it("with a challenge that is one", async () => {
    expect((await get("/auth/github?code_challenge=short")).statusCode).toBe(400);
  });

  it("nowhere when the operator has not set it up, and says what is missing", async () => {
    const answer = await serverOf(world.deps).inject({ url: "/auth/github" });

    expect([answer.statusCode, answer.json().detail]).toEqual([
      503,
      expect.stringContaining("GITHUB_CLIENT_ID"),
    ]);
  });
});

describe("coming back from GitHub", () => {
  it.each([
    ["without anything", "", /reached from GitHub/],
    ["after a no", "?error=access_denied", /declined/],
    ["with a state nobody began", "?code=a&state=b", /did not begin in this browser/],
  ])("%s is refused", async (_, query, said) => {
    const answer = await get(`/auth/github/callback${query}`);

    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringMatching(said)]);
  });

  it("in another browser than it began in is refused", async () => {
    const begun = await get("/auth/github");
    const state = new URL(String(begun.headers.location)).searchParams.get("state");

    const answer = await get(`/auth/github/callback?code=a&state=${state}`, {
      cookie: "aicd_sign_in=another",
    });

    expect(answer.statusCode).toBe(400);
  });
});

describe("a code", () => {
  it("is changed for tokens once", async () => {
    const { code, verifier } = await codeFor();
    const exchange = () => token({ grant_type: "authorization_code", code, code_verifier: verifier });

    const both = await Promise.all([exchange(), exchange()]);

    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 400]);
  });

  it("is of no use with another verifier, not even afterwards with its own", async () => {
    const { code, verifier } = await codeFor();

    const wrong = await token({ grant_type: "authorization_code", code, code_verifier: "x".repeat(43) });
    const right = await token({ grant_type: "authorization_code", code, code_verifier: verifier });

    expect([wrong.statusCode, right.statusCode]).toEqual([400, 400]);
  });

  it("is good for a minute", async () => {
    const { code, verifier } = await codeFor();
    await world.pool.query("UPDATE sign_in_codes SET created_at = now() - interval '61 s'");

    expect(
      (await token({ grant_type: "authorization_code", code, code_verifier: verifier })).statusCode,
    ).toBe(400);
  });
});

describe("a refresh token", () => {
  const refresh = (refresh_token: string) => token({ grant_type: "refresh_token", refresh_token });

  it("is changed for new tokens; repeated within moments it gives the same", async () => {
    const { refresh_token: spent } = await tokens();

    const [first, again] = [await refresh(spent), await refresh(spent)];

    expect(first.json().refresh_token).not.toBe(spent);
    expect(again.json()).toEqual(first.json());
  });

  it("shown again later ends the session of whoever has it", async () => {
    const { refresh_token: spent } = await tokens();
    const { access_token: next } = (await refresh(spent)).json() as { access_token: string };
    await world.pool.query("UPDATE sessions SET last_used_at = now() - interval '31 s'");

    expect((await refresh(spent)).statusCode).toBe(401);
    expect((await get("/auth/session", { authorization: `Bearer ${next}` })).statusCode).toBe(401);
  });

  it.each(["", "nonsense", "aicd_refresh_nonsense"])("%j is none", async (text) => {
    expect((await refresh(text)).statusCode).toBe(401);
  });
});

describe("a browser's session", () => {
  const signedIn = async () => ({ cookie: `aicd_session=${await openBrowserSession(deps, person.id)}` });

  it("tells who is signed in, and what a page needs to write", async () => {
    const answer = await get("/auth/session", await signedIn());

    expect(answer.json()).toMatchObject({
      user: { login: "lisa", githubId: 4_242 },
      organizations: [],
      csrf: { header: "x-csrf-token", token: expect.any(String) },
    });
  });

  it("is ended by its own page, and by nobody else's", async () => {
    const headers = await signedIn();
    const { csrf } = (await get("/auth/session", headers)).json() as { csrf: { token: string } };
    const out = (more: object) =>
      server.inject({ method: "POST", url: "/auth/sign-out", headers: { ...from(), ...headers, ...more } });

    expect((await out({})).statusCode).toBe(403);
    expect((await out({ "x-csrf-token": csrf.token })).statusCode).toBe(204);
    expect((await get("/auth/session", headers)).statusCode).toBe(401);
  });
});

it("an address that tries too often is told when to come back", async () => {
  const headers = { "x-forwarded-for": "192.0.2.7" };
  let last = await token({ grant_type: "refresh_token", refresh_token: "x" }, headers);
  for (let tries = 0; tries < 120; tries++)
    last = await token({ grant_type: "refresh_token", refresh_token: "x" }, headers);

  expect([last.statusCode, Number(last.headers["retry-after"]) > 0]).toEqual([429, true]);
});
