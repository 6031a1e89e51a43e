import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import { afterAll, describe, expect, it } from "vitest";
import { createOidcVerifier } from "./oidc.ts";
import { outcomeOf } from "./testing/vendor.ts";

const ISSUER = "https://token.actions.githubusercontent.com";
const AUDIENCE = "https://aicd.example.com";
const ours = await generateKeyPair("RS256", { extractable: true });
const theirs = await generateKeyPair("RS256", { extractable: true });
const es = await generateKeyPair("ES256");
const publicPem = await exportSPKI(ours.publicKey);
const keys = { keys: [{ ...(await exportJWK(ours.publicKey)), kid: "k1", alg: "RS256", use: "sig" }] };
const server = createServer((_, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(keys));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => server.close());
const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
const now = () => Math.floor(Date.now() / 1_000);
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

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = (change: object = {}) => ({
  ...{ ...RUN, iss: ISSUER, aud: AUDIENCE, iat: now(), nbf: now(), exp: now() + 300 },
  ...change,
});

function sign(
  change: object = {},
  header: object = {},
  key: Parameters<SignJWT["sign"]>[0] = ours.privateKey,
) {
  const head = { alg: "RS256", kid: "k1", typ: "JWT", ...header } as JWTHeaderParameters;
  return new SignJWT(claims(change)).setProtectedHeader(head).sign(key);
}

function hmac(alg: string, secret: string, header: object = {}): string {
  const text = `${part({ alg, kid: "k1", ...header })}.${part(claims())}`;
  const digest = { HS256: "sha256", HS384: "sha384", HS512: "sha512" }[alg] ?? "sha256";
  return `${text}.${createHmac(digest, secret).update(text).digest("base64url")}`;
}

async function tampered(change: object): Promise<string> {
  const [head = "", , signature = ""] = (await sign()).split(".");
  return `${head}.${part(claims(change))}.${signature}`;
}

const cases: [what: string, token: () => string | Promise<string>][] = [
  ...["none", "None", "NONE", "nOnE", ""].map((alg): [string, () => string] => [
    `algorithm ${JSON.stringify(alg)}`,
    () => `${part({ alg, kid: "k1" })}.${part(claims())}.`,
  ]),
  ...["HS256", "HS384", "HS512"].flatMap((alg): [string, () => string][] => [
    [`${alg} with the public key for a secret`, () => hmac(alg, publicPem)],
    [`${alg} with no secret`, () => hmac(alg, "x")],
  ]),
  ["ES256", () => sign({}, { alg: "ES256" }, es.privateKey)],
  ["an unknown key", () => sign({}, { kid: "k2" })],
  ["no key named, signed by a stranger", () => sign({}, { kid: undefined }, theirs.privateKey)],
  ["a stranger's key under our name", () => sign({}, {}, theirs.privateKey)],
  [
    "a key that travels along",
    async () => sign({}, { jwk: await exportJWK(theirs.publicKey) }, theirs.privateKey),
  ],
  [
    "a key at an address of the token's",
    () => sign({}, { jku: "https://evil.example.com/jwks" }, theirs.privateKey),
  ],
  ["a certificate that travels along", () => sign({}, { x5c: ["AAAA"] }, theirs.privateKey)],
  ["a certificate at an address", () => sign({}, { x5u: "https://evil.example.com" }, theirs.privateKey)],
  ["a path for a key", () => sign({}, { kid: "../../../dev/null" })],
  ["SQL for a key", () => sign({}, { kid: "k1' OR '1'='1" })],
  [
    "an extension nobody knows",
    async () =>
      `${part({ alg: "RS256", kid: "k1", crit: ["evil"], evil: 1 })}.${part(claims())}.${(await sign()).split(".")[2]}`,
  ],
  ["a payload that was changed", () => tampered({ repository_id: "4" })],
  ["a payload with another run", () => tampered({ run_id: "10" })],
  ["no signature", async () => (await sign()).replace(/[^.]*$/, "")],
  ["half a signature", async () => (await sign()).slice(0, -20)],
  ["two signatures", async () => `${await sign()}.${(await sign()).split(".")[2]}`],
  ...[
    "https://evil.example.com",
    `${ISSUER}/`,
    ISSUER.toUpperCase(),
    ISSUER.replace("https", "http"),
    `${ISSUER}.evil.example.com`,
    "https://token.actions.githubusercontent.com@evil.example.com",
    `${ISSUER}/enterprise`,
  ].map((iss): [string, () => Promise<string>] => [`issuer ${iss}`, () => sign({ iss })]),
  ...[
    "https://github.com/acme",
    `${AUDIENCE}/`,
    AUDIENCE.toUpperCase(),
    "sts.amazonaws.com",
    "",
    [AUDIENCE, "x"],
    [],
    `${AUDIENCE}.evil.example.com`,
    null,
  ].map((aud): [string, () => Promise<string>] => [`audience ${JSON.stringify(aud)}`, () => sign({ aud })]),
  ...(
    [
      ["ended a while ago", { exp: now() - 120 }],
      ["never ends", { exp: undefined }],
      ["ends in words", { exp: "tomorrow" }],
      ["begins later", { nbf: now() + 300 }],
      ["was made later", { iat: now() + 3_600, nbf: undefined }],
      ["is old", { iat: now() - 3_600 }],
      ["has no name of its own", { jti: undefined }],
      ["has an empty name", { jti: "" }],
      ["has a name without an end", { jti: "j".repeat(300) }],
      ["is of no run", { run_id: undefined }],
      ["is of a run in words", { run_id: "nine" }],
      ["is of half a run", { run_id: "9.5" }],
      ["has no repository", { repository_id: undefined }],
      ["names its repository", { repository_id: "acme/shop" }],
      ["has no owner", { repository_owner_id: undefined }],
      ["names its owner", { repository_owner_id: "acme" }],
      ["has no branch", { ref: undefined }],
      ["has no workflow", { workflow_ref: undefined }],
      ["has no attempt", { run_attempt: undefined }],
      ["has no event", { event_name: undefined }],
      ["is of an unknown kind of runner", { runner_environment: undefined }],
    ] as [string, object][]
  ).map(([what, change]): [string, () => Promise<string>] => [what, () => sign(change)]),
];

describe("a token is refused that has", () => {
  it.each(cases)("%s", async (_, token) => {
    const verify = createOidcVerifier({ issuer: ISSUER, audience: AUDIENCE, jwksUrl });

    expect(await outcomeOf(verify(await token()))).toMatchObject({ kind: "unauthenticated" });
  });

  it("one of 64 faults and more, and one without any is not", async () => {
    const verify = createOidcVerifier({ issuer: ISSUER, audience: AUDIENCE, jwksUrl });

    expect(cases.length).toBeGreaterThanOrEqual(64);
    expect(await verify(await sign())).toMatchObject({ run_id: 9 });
  });
});
