import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { createGitHubClients } from "./clients.ts";
import { OPEN_LANE } from "./lane.ts";
import { type Answer, API, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const ISSUE = "GET /repos/acme/shop/issues/1";
const COMMENT = "POST /repos/acme/shop/issues/1/comments";
const OK = { status: 200, body: { number: 1 } };
/** Limits that are over soon enough to be waited for. */
const SOON = { ...NO.secondary, headers: { "retry-after": "2" } };
const AT_ONCE = { ...NO.limited, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0" } };

it.each<[what: string, answers: Answer[], status: number | undefined]>([
  ["500", [NO.broken, OK], undefined],
  ["502", [NO.badGateway, NO.badGateway, OK], undefined],
  ["a broken connection", [{ down: true }, OK], undefined],
  ["503 that stays", [NO.away, NO.away, NO.away, NO.away], 503],
  ["a secondary limit that is over soon", [SOON, SOON, OK], undefined],
  ["a secondary limit that does not end", [SOON, SOON, SOON], 429],
  ["a limit that has been reset", [AT_ONCE, OK], undefined],
  ["a limit until the year 2033", [NO.limited], 429],
  ["a secondary limit of an hour", [NO.secondary], 429],
  ["a refusal", [NO.forbidden], 403],
  ["nothing there", [NO.missing], 404],
])("reading goes on after %s as long as it helps", async (_, answers, status) => {
  github.answers(ISSUE, answers);

  const outcome = await outcomeOf(createClients().read.request(ISSUE));

  expect(outcome).toMatchObject(status === undefined ? { value: { status: 200 } } : { status });
});

it.each<[what: string, answers: Answer[], status: number | undefined]>([
  ["500", [NO.broken], 500],
  ["502", [NO.badGateway], 502],
  ["a broken connection", [{ down: true }], 500],
  [
    "a secondary limit that is over soon: it was not done",
    [SOON, { status: 201, body: { id: 1 } }],
    undefined,
  ],
  ["a limit until the year 2033", [NO.limited], 429],
  ["a refusal", [NO.locked], 403],
])("writing is not repeated after %s", async (_, answers, status) => {
  github.answers(COMMENT, answers);

  const outcome = await outcomeOf(createClients().write.request(COMMENT, { body: "x" }));

  expect(outcome).toMatchObject(status === undefined ? { value: { status: 201 } } : { status });
});

const TOKENS = "POST /app/installations/7/access_tokens";
const TOKEN = {
  status: 201,
  body: {
    token: "ghs_read",
    expires_at: "2100-01-01T00:00:00Z",
    permissions: { contents: "read", metadata: "read" },
    repository_selection: "selected",
  },
};

it("a token for reading is for one repository and its files, and is new each time", async () => {
  const wanted = { repository_ids: [3], permissions: { contents: "read", metadata: "read" } };
  github.answers(TOKENS, [TOKEN, TOKEN], wanted);
  const { readToken } = app();

  const tokens = [await readToken(7, 3), await readToken(7, 3)];

  expect(tokens.map(({ token }) => token)).toEqual(["ghs_read", "ghs_read"]);
});

it.each<[what: string, answer: Answer, status: number]>([
  ["suspended", { ...NO.forbidden, body: { message: "This installation has been suspended" } }, 403],
  ["gone", NO.missing, 404],
  ["one without this repository", NO.unprocessable, 422],
  ["counted out", NO.limited, 429],
])("no token is had of an installation that is %s", async (_, answer, status) => {
  github.answers(TOKENS, answer, () => true);

  expect(await outcomeOf(app().readToken(7, 3))).toMatchObject({ status });
});

it.each<[what: string, answer: Answer, status: number | undefined]>([
  ["is revoked", { status: 204 }, undefined],
  ["has ended by itself meanwhile", NO.unauthenticated, undefined],
  ["GitHub does not take back now", NO.forbidden, 403],
])("a token that %s", async (_, answer, status) => {
  github.answers(TOKENS, TOKEN);
  github.answers("DELETE /installation/token", answer);
  const { revoke } = await app().readToken(7, 3);

  expect(await outcomeOf(revoke())).toMatchObject(status === undefined ? { value: undefined } : { status });
});

it("the clients of an installation are made once, and share its token", async () => {
  github.answers(TOKENS, TOKEN);
  github.answers(ISSUE, OK);
  github.answers(COMMENT, { status: 201, body: { id: 1 } });
  const clients = app();

  const { read, write } = clients.installation(7);
  await read.request(ISSUE);
  await write.request(COMMENT, { body: "x" });

  expect(clients.installation(7)).toBe(clients.installation(7));
  expect(clients.installation(8)).not.toBe(clients.installation(7));
});

function app() {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return createGitHubClients({
    appId: 1,
    privateKey,
    baseUrl: API,
    lane: OPEN_LANE,
    secondMs: 1,
    warn() {},
  });
}
