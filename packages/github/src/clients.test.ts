import { generateKeyPairSync } from "node:crypto";
import { expect, it, onTestFinished, vi } from "vitest";
import { createGitHubClients } from "./clients.ts";
import { OPEN_LANE } from "./lane.ts";
import { type Grant, INSTALLATION_POWERS, REPOSITORY_POWERS } from "./powers.ts";
import { type Answer, API, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";
import { createTokens } from "./tokens.ts";

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

const ALL = { ...REPOSITORY_POWERS, ...INSTALLATION_POWERS };
const ofRepository = Object.keys(REPOSITORY_POWERS).map((power) => ({ power, repositoryId: 3 }) as Grant);
const ofInstallation = Object.keys(INSTALLATION_POWERS).map((power) => ({ power }) as Grant);

it.each([...ofRepository, ...ofInstallation])(
  "a client to $power can do that and nothing else",
  async (grant) => {
    const where = "repositoryId" in grant ? { repository_ids: [3] } : {};
    github.answers(TOKENS, TOKEN, { permissions: ALL[grant.power], ...where });
    github.answers(ISSUE, OK);

    const { read } = app().installation(7, grant);

    expect((await read.request(ISSUE)).status).toBe(200);
  },
);

it("a purpose's clients share a token, and two purposes that ask at once have one each", async () => {
  const asked = (power: "ask-people" | "write-thread") => ({
    repository_ids: [3],
    permissions: REPOSITORY_POWERS[power],
  });
  const bearing = (name: string) => ({ ...TOKEN, body: { ...TOKEN.body, token: name } });
  github.answers(TOKENS, bearing("ghs_reads"), asked("ask-people"));
  github.answers(TOKENS, bearing("ghs_writes"), asked("write-thread"));
  const borne: string[] = [];
  github.answers(ISSUE, [OK, OK]);
  github.answers(COMMENT, { status: 201, body: { id: 1 } });
  const clients = app((request) => borne.push(request));
  const people = clients.installation(7, { power: "ask-people", repositoryId: 3 });
  const thread = clients.installation(7, { power: "write-thread", repositoryId: 3 });

  await Promise.all([
    people.read.request(ISSUE),
    thread.read.request(ISSUE),
    clients.installation(7, { power: "write-thread", repositoryId: 3 }).write.request(COMMENT, { body: "x" }),
  ]);

  expect(borne.sort()).toEqual(["token ghs_reads", "token ghs_writes", "token ghs_writes"]);
});

it.each<[what: string, said: string, status: number]>([
  ["the installation does not grant", "The permissions requested are not granted to this installation.", 403],
  [
    "is for a repository the installation does not have",
    "There is at least one repository that does not exist or is not accessible to the parent installation.",
    404,
  ],
])("what %s is refused as the call itself would be", async (_, message, status) => {
  github.answers(TOKENS, { status: 422, body: { message } }, () => true);

  const { read } = app().installation(7, { power: "read-code", repositoryId: 3 });

  expect(await outcomeOf(read.request(ISSUE))).toMatchObject({ status });
});

it("a token is taken back when nobody has used it for a while, and what is held when the server stops", async () => {
  github.answers(TOKENS, [TOKEN, TOKEN], () => true);
  const taken: string[] = [];
  const revoke = async (token: string) => void taken.push(token);
  const grant: Grant = { power: "read-code", repositoryId: 3 };
  const soon = createTokens({ app: app().app, revoke, idleMs: 1 });
  const later = createTokens({ app: app().app, revoke });

  await soon.use(7, grant, async () => undefined);
  await vi.waitUntil(() => taken.length === 1);
  await later.use(7, grant, async () => undefined);
  await later.close();

  expect(taken).toEqual(["ghs_read", "ghs_read"]);
});

it("a token that not all of GitHub's servers know yet is shown again; one it forgot is replaced", async () => {
  github.answers(TOKENS, [TOKEN, TOKEN], () => true);
  github.answers(ISSUE, [NO.unauthenticated, OK, NO.unauthenticated, OK]);
  const { read } = app().installation(7, { power: "read-code", repositoryId: 3 });

  const fresh = await read.request(ISSUE);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10_000 });
  onTestFinished(() => void vi.useRealTimers());
  const old = await outcomeOf(read.request(ISSUE));

  expect(fresh.status).toBe(200);
  expect(old).toMatchObject({ status: 401 });
  expect((await read.request(ISSUE)).status).toBe(200);
});

function app(onBearer?: (authorization: string) => void) {
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
    fetch: async (input, init) => {
      const borne = new Headers(init?.headers).get("authorization") ?? "";
      if (borne.startsWith("token ")) onBearer?.(borne);
      return fetch(input, init);
    },
    secondMs: 1,
    warn() {},
  });
}
