import { generateKeyPairSync } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { writeCheckRun } from "./check-runs.ts";
import { createGitHubClients } from "./clients.ts";
import { postIssueComment } from "./comments.ts";
import { askGraphql } from "./graphql.ts";
import { onBehalfOf, pauseAfter, type WriteLane } from "./lane.ts";
import { type Answer, API, NO, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const PLACE = { owner: "acme", name: "shop" };
const COMMENTS = "/repos/acme/shop/issues/1/comments";
const TOKEN: Answer = { status: 201, body: { token: "ghs_x", expires_at: "2100-01-01T00:00:00Z" } };
const TOKENS = "POST /app/installations/7/access_tokens";
const POSTED: Answer = { status: 201, body: { id: 5 } };
const NONE: Answer = { status: 200, body: [] };

/** What happened, in order: turns as they are taken, pauses as they are asked for. */
let log: string[] = [];
let open = true;
beforeEach(() => {
  log = [];
  open = true;
});

const lane: WriteLane = {
  async turn(installationId, kind) {
    log.push(`turn ${installationId} ${kind}`);
  },
  insistOnOpen() {
    if (!open) throw new Error("closed");
  },
  async pause(installationId, pauseMs) {
    log.push(`pause ${installationId} ${pauseMs}`);
    return new Error("come back later");
  },
};

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const clients = () =>
  createGitHubClients({ appId: 1, privateKey, baseUrl: API, lane, secondMs: 1_000, warn() {} }).installation(
    7,
    { power: "write-thread", repositoryId: 3 },
  );

const forever = () => new AbortController().signal;
const post = (text = "x") => ({ issueNumber: 1, key: "k", body: text, appLogin: "ai-cd[bot]", look: true });

it("a comment has its turn before it is looked for, and the write needs no second one", async () => {
  github.answers(TOKENS, TOKEN);
  github.answers(`GET ${COMMENTS}?per_page=100&page=1`, { ...NONE });
  github.answers(`POST ${COMMENTS}`, POSTED);

  await onBehalfOf({ signal: forever(), hasTurn: false }, () => postIssueComment(clients(), PLACE, post()));

  expect(log).toEqual(["turn 7 content"]);
});

it("reading takes no turn", async () => {
  github.answers(TOKENS, TOKEN);
  github.answers("GET /repos/acme/shop", { status: 200, body: {} });

  await clients().read.request("GET /repos/acme/shop");

  expect(log).toEqual([]);
});

it.each([
  ["POST /repos/acme/shop/issues/1/comments", "content"],
  ["PATCH /repos/acme/shop/issues/comments/5", "content"],
  ["DELETE /repos/acme/shop/issues/comments/5", "change"],
  ["POST /repos/acme/shop/pulls", "content"],
  ["PATCH /repos/acme/shop/pulls/2", "content"],
  ["POST /repos/acme/shop/pulls/2/comments/5/replies", "content"],
  ["POST /repos/acme/shop/git/refs", "content"],
  ["POST /repos/acme/shop/issues/comments/5/reactions", "change"],
  ["DELETE /repos/acme/shop/issues/comments/5/reactions/6", "change"],
  ["DELETE /repos/acme/shop/issues/1/labels/aicd", "change"],
  ["POST /repos/acme/shop/check-runs", "change"],
  ["POST /repos/acme/shop/actions/workflows/a.yml/dispatches", "change"],
] as const)("%s takes a turn for %s", async (write, kind) => {
  github.answers(TOKENS, TOKEN);
  github.answers(write, { status: 200, body: {} });

  await clients().write.request(write);

  expect(log).toEqual([`turn 7 ${kind}`]);
});

it("a check run has its turn before it is looked for, and is no content", async () => {
  github.answers(TOKENS, TOKEN);
  const run = { status: 200, body: { id: 9, output: { annotations_count: 0 } } };
  github.answers("GET /repos/acme/shop/check-runs/9", run);
  github.answers("PATCH /repos/acme/shop/check-runs/9", run);
  const view = {
    standing: { status: "queued" as const },
    title: "Waits",
    summary: "It waits.",
    annotations: [],
    buttons: [],
    detailsUrl: "https://aicd.example/tasks/1",
  };

  await onBehalfOf({ signal: forever(), hasTurn: false }, () =>
    writeCheckRun(clients(), PLACE, { sha: "a", key: "k", appLogin: "ai-cd[bot]", known: 9, view }),
  );

  expect(log).toEqual(["turn 7 change"]);
});

it("a question in GraphQL takes no turn although it is posted; a mutation does", async () => {
  github.answers(TOKENS, TOKEN);
  github.answers("POST /graphql", [
    { status: 200, body: { data: { viewer: { id: "U_1" } } } },
    { status: 200, body: { data: { createCommitOnBranch: null } } },
    { status: 200, body: { data: { addReaction: null } } },
  ]);
  const { read, write } = clients();

  await askGraphql(read, "query viewer { viewer { id } }", {});
  expect(log).toEqual([]);

  await askGraphql(write, "mutation commit { createCommitOnBranch(input: {}) { clientMutationId } }", {});
  await askGraphql(write, "mutation react { addReaction(input: {}) { clientMutationId } }", {});
  expect(log).toEqual(["turn 7 content", "turn 7 change"]);
});

it("nothing is sent for a caller who has gone while it waited for its turn", async () => {
  const end = new AbortController();
  const slow: WriteLane = { ...lane, turn: async () => end.abort(new Error("the job is over")) };
  const { write } = createGitHubClients({
    appId: 1,
    privateKey,
    baseUrl: API,
    lane: slow,
    warn() {},
  }).installation(7, { power: "write-thread", repositoryId: 3 });

  const sent = onBehalfOf({ signal: end.signal, hasTurn: false }, async () => {
    await write.request(`POST ${COMMENTS}`, { body: "x" });
  });

  await expect(sent).rejects.toThrow("the job is over");
});

it("a closed lane lets nothing through, not even what reads", async () => {
  open = false;

  await expect(clients().read.request("GET /repos/acme/shop")).rejects.toThrow("closed");
});

it.each<[what: string, answer: Answer]>([
  ["a secondary limit", NO.limited],
  ["a used-up hour", { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0" } }],
])("%s is a pause for the installation, and no answer to the call", async (_, answer) => {
  github.answers(TOKENS, TOKEN);
  github.answers(`POST ${COMMENTS}`, answer);

  await expect(clients().write.request(`POST ${COMMENTS}`, { body: "x" })).rejects.toThrow("come back later");

  expect(log.at(-1)).toMatch(/^pause 7 \d+$/);
});

it.each([
  [{ "retry-after": "30" }, 30_000],
  [{ "retry-after": "0" }, 1_000],
  [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1100" }, 101_000],
  [{ "x-ratelimit-remaining": "12", "x-ratelimit-reset": "1100" }, 60_000],
  [{}, 60_000],
])("a pause is as long as GitHub says, and a minute where it does not: %j", (headers, expected) => {
  expect(pauseAfter(headers, 1_000_000)).toBe(expected);
});
