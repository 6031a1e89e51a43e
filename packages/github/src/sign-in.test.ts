import { expect, it } from "vitest";
import { createSignInClient, organizationRoleOf } from "./sign-in.ts";
import { type Answer, API, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const WEB = "https://github.com";
const web = useVendor(WEB);
const github = useVendor();
const { read } = createClients();
const EXCHANGE = "POST /login/oauth/access_token";
const GRANTED = { status: 200, body: { access_token: "ghu_1", token_type: "bearer", scope: "" } };
const USER = { id: 3, login: "mona", name: null, avatar_url: null };
const MONA = { id: 3, login: "mona" };
const client = createSignInClient({ clientId: "Iv1", clientSecret: "secret", serverUrl: WEB, apiUrl: API });

it("the browser is sent to GitHub with the challenge of a verifier it never sees", () => {
  const url = new URL(
    client.authorizeUrl({ state: "s", challenge: "c", redirectUri: "https://aicd.example.com/cb" }),
  );

  expect(url.origin + url.pathname).toBe("https://github.com/login/oauth/authorize");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: "Iv1",
    redirect_uri: "https://aicd.example.com/cb",
    state: "s",
    code_challenge: "c",
    code_challenge_method: "S256",
    allow_signup: "false",
  });
});

it("a code becomes a person and the installations they reach, on however many pages", async () => {
  web.answers(EXCHANGE, GRANTED, {
    client_id: "Iv1",
    client_secret: "secret",
    code: "code",
    redirect_uri: "https://aicd.example.com/cb",
    code_verifier: "v",
  });
  github.answers("GET /user", { status: 200, body: USER });
  github.answers(installations(1), {
    status: 200,
    body: { installations: Array.from({ length: 100 }, (_, id) => ({ id })) },
  });
  github.answers(installations(2), { status: 200, body: { installations: [{ id: 100 }] } });

  const { person, installationIds } = await finish();

  expect(person).toEqual({ id: 3, login: "mona", name: null, avatarUrl: null });
  expect(installationIds).toHaveLength(101);
});

it.each<[what: string, answer: Answer, outcome: object]>([
  [
    "a code that was used before",
    {
      status: 200,
      body: { error: "bad_verification_code", error_description: "The code passed is incorrect" },
    },
    { kind: "invalid", message: "GitHub did not accept the sign-in (bad_verification_code). Start again." },
  ],
  ["no token and no reason", { status: 200, body: {} }, { kind: "invalid" }],
  ["an error that is no text", { status: 200, body: { error: { a: 1 } } }, { kind: "invalid" }],
  [
    "nothing",
    { status: 200, body: "null", headers: { "content-type": "application/json" } },
    { kind: "invalid" },
  ],
  [
    "a page",
    { status: 200, body: "<html></html>", headers: { "content-type": "text/html" } },
    { kind: "invalid" },
  ],
  ["that it does not know the App", NO.missing, { status: 404 }],
  ["an outage", NO.badGateway, { status: 502 }],
])("a sign-in that GitHub answers with: %s", async (_, answer, outcome) => {
  web.answers(EXCHANGE, answer);

  expect(await outcomeOf(finish())).toMatchObject(outcome);
});

it.each<[what: string, user: Answer, list: Answer | undefined, outcome: object]>([
  ["the token does not hold", NO.unauthenticated, undefined, { status: 401 }],
  ["the limit is used up", NO.limited, undefined, { status: 429 }],
  ["the installations are not told", { status: 200, body: USER }, NO.forbidden, { status: 403 }],
])("nobody is signed in when %s", async (_, user, list, outcome) => {
  web.answers(EXCHANGE, GRANTED);
  github.answers("GET /user", user);
  if (list !== undefined) github.answers(installations(1), list);

  expect(await outcomeOf(finish())).toMatchObject(outcome);
});

it.each<[what: string, answer: Answer, outcome: object]>([
  ["an owner", member({ state: "active", role: "admin" }), { value: "admin" }],
  ["a member", member({ state: "active", role: "member" }), { value: "member" }],
  [
    "a billing manager, who may not see code",
    member({ state: "active", role: "billing_manager" }),
    { value: "member" },
  ],
  ["invited, and has not come", member({ state: "pending", role: "admin" }), { value: undefined }],
  [
    "another account of that name",
    member({ state: "active", role: "admin", user: { id: 4 } }),
    { value: undefined },
  ],
  ["nobody", member({ state: "active", role: "admin", user: null }), { value: undefined }],
  ["not a member", NO.missing, { value: undefined }],
  [
    "not told to the App",
    NO.forbidden,
    { kind: "unavailable", message: expect.stringContaining("Members: read") },
  ],
])("who GitHub says is %s", async (_, answer, outcome) => {
  github.answers("GET /orgs/acme/memberships/mona", answer);

  expect(await outcomeOf(organizationRoleOf(read, "acme", MONA))).toMatchObject(outcome);
});

function finish() {
  return client.finish({ code: "code", verifier: "v", redirectUri: "https://aicd.example.com/cb" });
}

function installations(page: number) {
  return `GET /user/installations?per_page=100&page=${page}` as const;
}

function member(membership: object): Answer {
  return { status: 200, body: { user: MONA, ...membership } };
}
