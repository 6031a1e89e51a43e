import type { ChangeSet } from "@aicd/core";
import { expect, it } from "vitest";
import { commitChangeSet } from "./commit.ts";
import { type Answer, createClients, graphqlError, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const clients = createClients();
const PLACE = { owner: "acme", name: "shop" };
const BASE = "a".repeat(40);
const OTHER = "b".repeat(40);
const MADE = "c".repeat(40);
const HEAD = "GET /repos/acme/shop/git/ref/heads%2Faicd%2F1";
const REFS = "POST /repos/acme/shop/git/refs";
const CHANGE: ChangeSet = {
  title: "Faster",
  summary: "Less work.",
  baseSha: BASE,
  files: [
    { kind: "write", path: "a.txt", mode: "100644", baseMode: "100644", contentBase64: "YQ==" },
    { kind: "delete", path: "old.txt" },
  ],
};

it("the branch is made, and the change is one commit on it", async () => {
  github.answers(HEAD, [NO.missing, head(BASE)]);
  github.answers(REFS, { status: 201, body: {} }, { ref: "refs/heads/aicd/1", sha: BASE });
  github.answers("POST /graphql", made(MADE), (sent) => {
    expect((sent as { variables: unknown }).variables).toEqual({
      input: {
        branch: { repositoryNameWithOwner: "acme/shop", branchName: "aicd/1" },
        expectedHeadOid: BASE,
        fileChanges: { additions: [{ path: "a.txt", contents: "YQ==" }], deletions: [{ path: "old.txt" }] },
        message: {
          headline: "Faster",
          body: "Less work.\n\nAICD-Change-Set: digest\nCo-authored-by: mona <3+mona@users.noreply.github.com>",
        },
      },
    });
    return true;
  });

  expect(await commit({ login: "mona", id: 3 })).toEqual({ kind: "committed", sha: MADE });
});

it.each<[what: string, message: string, outcome: object]>([
  ["carries this change", "Faster\n\nAICD-Change-Set: digest", { kind: "committed", sha: OTHER }],
  ["carries another change of ours", "Slower\n\nAICD-Change-Set: other", { kind: "moved", head: OTHER }],
  ["is somebody else's", "wip", { kind: "moved", head: OTHER }],
])("a head that is not the base and %s", async (_, message, outcome) => {
  github.answers(HEAD, head(OTHER));
  github.answers(`GET /repos/acme/shop/git/commits/${OTHER}`, { status: 200, body: { message } });

  expect(await commit()).toEqual(outcome);
});

it("a branch that somebody made between the look and the try is looked at again", async () => {
  github.answers(HEAD, [NO.missing, head(BASE)]);
  github.answers(REFS, unprocessable("Reference already exists"));
  github.answers("POST /graphql", made(MADE));

  expect(await commit()).toEqual({ kind: "committed", sha: MADE });
});

it.each([
  "Object does not exist",
  "Reference name is not valid",
  "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n",
])("a branch that GitHub will never make ends it, with GitHub's words: %s", async (message) => {
  github.answers(HEAD, [NO.missing, NO.missing]);
  github.answers(REFS, unprocessable(message));

  expect(await outcomeOf(commit())).toMatchObject({
    kind: "invalid",
    message: expect.stringContaining(message.replaceAll(/\s+/g, " ").trim()),
  });
});

it.each<[what: string, answer: Answer]>([
  ["we made", { status: 201, body: {} }],
  ["was made already", unprocessable("Reference already exists")],
])("a branch that %s and that does not show at once is waited for", async (_, answer) => {
  github.answers(HEAD, [NO.missing, NO.missing]);
  github.answers(REFS, answer);

  expect(await outcomeOf(commit())).toMatchObject({ kind: "unavailable" });
});

it.each<[what: string, message: string, outcome: object]>([
  ["somebody else pushed", "wip", { kind: "moved", head: OTHER }],
  ["another try of ours was faster", "Faster\n\nAICD-Change-Set: digest", { kind: "committed", sha: OTHER }],
])("a head that moved after it was read: %s", async (_, message, outcome) => {
  github.answers(HEAD, [head(BASE), head(OTHER)]);
  github.answers("POST /graphql", graphqlError("STALE_DATA", "Expected branch to point to it"));
  github.answers(`GET /repos/acme/shop/git/commits/${OTHER}`, { status: 200, body: { message } });

  expect(await commit()).toEqual(outcome);
});

it("a head that GitHub calls stale and shows unchanged is for the next try", async () => {
  github.answers(HEAD, [head(BASE), head(BASE)]);
  github.answers("POST /graphql", graphqlError("STALE_DATA", "Expected branch to point to it"));

  expect(await outcomeOf(commit())).toMatchObject({ kind: "unavailable" });
});

it.each<[what: string, answer: Answer, outcome: object]>([
  ["refuses", graphqlError("FORBIDDEN", "Resource not accessible by integration"), { status: 403 }],
  ["finds no branch", graphqlError("NOT_FOUND", "Could not resolve to a Ref"), { status: 404 }],
  ["takes no such file", graphqlError("UNPROCESSABLE", "A path is malformed"), { status: 422 }],
  ["breaks", NO.badGateway, { status: 502 }],
  [
    "names no commit",
    { status: 200, body: { data: { createCommitOnBranch: { commit: null } } } },
    { kind: "unavailable" },
  ],
  ["says nothing", { status: 200, body: { data: { createCommitOnBranch: null } } }, { kind: "unavailable" }],
])("a commit that GitHub %s", async (_, answer, outcome) => {
  github.answers(HEAD, head(BASE));
  github.answers("POST /graphql", answer);

  expect(await outcomeOf(commit())).toMatchObject(outcome);
});

function commit(coAuthor?: { login: string; id: number }) {
  return commitChangeSet(clients, PLACE, { branch: "aicd/1", changeSet: CHANGE, digest: "digest", coAuthor });
}

function head(sha: string): Answer {
  return { status: 200, body: { object: { type: "commit", sha } } };
}

function made(oid: string): Answer {
  return { status: 200, body: { data: { createCommitOnBranch: { commit: { oid } } } } };
}

function unprocessable(message: string): Answer {
  return { status: 422, body: { message, status: "422" } };
}
