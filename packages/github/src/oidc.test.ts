import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, it } from "vitest";
import { createOidcVerifier } from "./oidc.ts";
import { type Answer, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const ISSUER = "https://token.actions.githubusercontent.com";
const JWKS = "GET /.well-known/jwks";
const issuer = useVendor(ISSUER);
const ours = await generateKeyPair("RS256", { extractable: true });
const theirs = await generateKeyPair("RS256");
const KEYS = {
  status: 200,
  body: { keys: [{ ...(await exportJWK(ours.publicKey)), kid: "k1", alg: "RS256", use: "sig" }] },
};
const RUN = {
  jti: "j1",
  repository_id: "2",
  repository_owner_id: "3",
  event_name: "workflow_dispatch",
  ref: "refs/heads/main",
  workflow_ref: "acme/shop/.github/workflows/aicd.yml@refs/heads/main",
  run_id: "9",
  run_attempt: "1",
  runner_environment: "github-hosted",
};

it("a token of a run is read, with its ids as numbers", async () => {
  issuer.answers(JWKS, KEYS);

  expect(await verify()(await token({}))).toMatchObject({ repository_id: 2, run_id: 9, run_attempt: 1 });
});

it.each<[what: string, claims: Record<string, unknown>]>([
  ["is for somebody else", { aud: "https://other.example.com" }],
  ["is for several", { aud: ["https://aicd.example.com", "https://other.example.com"] }],
  ["is of another issuer", { iss: "https://evil.example.com" }],
  ["has ended", { exp: seconds(-61) }],
  ["is not good yet", { nbf: seconds(120) }],
  ["is older than a quarter of an hour", { iat: seconds(-1_000) }],
  ["has no name of its own", { jti: undefined }],
  ["is not of a run", { run_id: undefined }],
  ["has an id that is no number", { repository_id: "acme" }],
])("a token that %s is refused", async (_, claims) => {
  issuer.answers(JWKS, KEYS);

  expect(await outcomeOf(verify()(await token(claims)))).toMatchObject({ kind: "unauthenticated" });
});

it("a token that somebody else signed is refused", async () => {
  issuer.answers(JWKS, KEYS);

  expect(await outcomeOf(verify()(await token({}, theirs.privateKey)))).toMatchObject({
    kind: "unauthenticated",
  });
});

it.each(["", "x.y.z", "eyJhbGciOiJub25lIn0.e30."])(
  "%j is no token, and nobody is asked about it",
  async (text) => {
    expect(await outcomeOf(verify()(text))).toMatchObject({ kind: "unauthenticated" });
  },
);

it("a key the issuer does not have is refused", async () => {
  issuer.answers(JWKS, { status: 200, body: { keys: [] } });

  expect(await outcomeOf(verify()(await token({})))).toMatchObject({ kind: "unauthenticated" });
});

it.each<[what: string, answer: Answer]>([
  ["breaks", NO.broken],
  ["is away", NO.away],
  ["counts calls", NO.tooMany],
  ["hangs up", { down: true }],
  ["sends a page", { status: 200, body: "<html></html>", headers: { "content-type": "text/html" } }],
  ["sends something else", { status: 200, body: { message: "hello" } }],
])("an issuer that %s says nothing about the token: try again", async (_, answer) => {
  issuer.answers(JWKS, answer);

  expect(await outcomeOf(verify()(await token({})))).toMatchObject({ kind: "unavailable" });
});

function verify() {
  return createOidcVerifier({
    issuer: ISSUER,
    jwksUrl: `${ISSUER}/.well-known/jwks`,
    audience: "https://aicd.example.com",
  });
}

function token(claims: Record<string, unknown>, key = ours.privateKey): Promise<string> {
  const standard = {
    iss: ISSUER,
    aud: "https://aicd.example.com",
    iat: seconds(0),
    nbf: seconds(0),
    exp: seconds(300),
  };
  return new SignJWT({ ...RUN, ...standard, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k1" })
    .sign(key);
}

function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1_000) + fromNow;
}
