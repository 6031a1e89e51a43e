import { expect, it } from "vitest";
import { closePullRequest, fetchPullRequestState, openPullRequest } from "./pulls.ts";
import { type Answer, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const clients = createClients();
const PLACE = { owner: "acme", name: "shop" };
const LIST = "GET /repos/acme/shop/pulls?head=acme%3Aaicd%2F1&state=open";
const CREATE = "POST /repos/acme/shop/pulls";
const PULL = {
  number: 2,
  html_url: "https://github.com/acme/shop/pull/2",
  head: { sha: "abc" },
  state: "open",
};
const OPENED = { number: 2, url: PULL.html_url, headSha: "abc" };

it("opens a draft where there is none", async () => {
  github.answers(LIST, { status: 200, body: [] });
  github.answers(
    CREATE,
    { status: 201, body: PULL },
    { head: "aicd/1", base: "main", title: "T", body: "B", draft: true },
  );

  expect(await open()).toEqual(OPENED);
});

it("brings the text of the open one up to date", async () => {
  github.answers(LIST, { status: 200, body: [PULL] });
  github.answers("PATCH /repos/acme/shop/pulls/2", { status: 200, body: PULL }, { body: "B" });

  expect(await open()).toEqual(OPENED);
});

it("takes the one that an earlier try has opened meanwhile", async () => {
  const exists = validation("A pull request already exists for acme:aicd/1.");
  github.answers(LIST, [
    { status: 200, body: [] },
    { status: 200, body: [PULL] },
  ]);
  github.answers(CREATE, exists);

  expect(await open()).toEqual(OPENED);
});

it("K1: opens a normal one where the repository has no drafts, and says so", async () => {
  github.answers(LIST, { status: 200, body: [] });
  github.answers(CREATE, validation("Draft pull requests are not supported in this repository."), (sent) => {
    return (sent as { draft: boolean }).draft;
  });
  github.answers(CREATE, { status: 201, body: PULL }, (sent) => {
    const { draft, body } = sent as { draft: boolean; body: string };
    return !draft && body.includes("has no draft pull requests");
  });

  expect(await open()).toEqual(OPENED);
});

it.each(["No commits between main and aicd/1", "Validation Failed: base invalid"])(
  "fails with GitHub's words where none can be: %s",
  async (message) => {
    github.answers(LIST, [
      { status: 200, body: [] },
      { status: 200, body: [] },
    ]);
    github.answers(CREATE, validation(message));

    expect(await outcomeOf(open())).toMatchObject({ status: 422, message: expect.stringContaining(message) });
  },
);

it.each<[what: string, no: Answer, status: number]>([
  ["the App may not", NO.forbidden, 403],
  ["the repository is gone", NO.missing, 404],
  ["GitHub breaks: whether it is there is for the next try to see", NO.badGateway, 502],
])("opens none when %s", async (_, no, status) => {
  github.answers(LIST, { status: 200, body: [] });
  github.answers(CREATE, no);

  expect(await outcomeOf(open())).toMatchObject({ status });
});

it.each<[what: string, answer: Answer, outcome: object]>([
  ["open", is({ state: "open", merged: false }), { value: "open" }],
  ["merged", is({ state: "closed", merged: true }), { value: "merged" }],
  ["closed", is({ state: "closed", merged: false }), { value: "closed" }],
  ["out of sight", NO.missing, { status: 404 }],
])("a pull request that is %s", async (_, answer, outcome) => {
  github.answers("GET /repos/acme/shop/pulls/2", answer);

  expect(await outcomeOf(fetchPullRequestState(clients.read, PLACE, 2))).toMatchObject(outcome);
});

it("is closed by saying so", async () => {
  github.answers("PATCH /repos/acme/shop/pulls/2", { status: 200, body: PULL }, { state: "closed" });

  expect(await outcomeOf(closePullRequest(clients, PLACE, 2))).toEqual({ value: undefined });
});

function open() {
  return openPullRequest(clients, PLACE, { branch: "aicd/1", base: "main", title: "T", body: "B" });
}

function is(state: object): Answer {
  return { status: 200, body: { ...PULL, ...state } };
}

function validation(message: string): Answer {
  const errors = [{ resource: "PullRequest", code: "custom", message }];
  return { status: 422, body: { message: "Validation Failed", errors, status: "422" } };
}
