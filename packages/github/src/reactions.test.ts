import type { IntentSource } from "@aicd/core";
import { expect, it } from "vitest";
import { react, removeEyes, removeLabel } from "./reactions.ts";
import {
  type Answer,
  type Call,
  createClients,
  graphqlError,
  NO,
  outcomeOf,
  useVendor,
} from "./testing/vendor.ts";

const github = useVendor();
const { write } = createClients();
const PLACE = { owner: "acme", name: "shop" };
const OURS = "aicd[bot]";

const PLACES: [source: IntentSource, call: Call | undefined][] = [
  [{ kind: "issue" }, "POST /repos/acme/shop/issues/1/reactions"],
  [{ kind: "issue_comment", commentId: 4 }, "POST /repos/acme/shop/issues/comments/4/reactions"],
  [{ kind: "review_comment", commentId: 4 }, "POST /repos/acme/shop/pulls/comments/4/reactions"],
  [{ kind: "review", reviewId: 5, nodeId: "R_5" }, "POST /graphql"],
  [{ kind: "system" }, undefined],
  [{ kind: "api" }, undefined],
];

it.each(PLACES)("what was said at %o is answered there", async (source, call) => {
  if (call !== undefined) github.answers(call, { status: 200, body: { id: 1, data: {} } });

  expect(await outcomeOf(react(write, PLACE, { issueNumber: 1, source }, "eyes"))).toEqual({
    value: undefined,
  });
});

it("a review is answered in GraphQL's words", async () => {
  github.answers("POST /graphql", { status: 200, body: { data: {} } }, (sent) => {
    const { variables } = sent as { variables: object };
    expect(variables).toEqual({ subject: "R_5", content: "THUMBS_DOWN" });
    return true;
  });

  await react(write, PLACE, { issueNumber: 1, source: { kind: "review", reviewId: 5, nodeId: "R_5" } }, "-1");
});

const ASKED = PLACES.flatMap(([source, call]) => (call === undefined ? [] : [{ source, call }]));
const GONE = [NO.missing, NO.gone, graphqlError("NOT_FOUND", "Could not resolve to a node.")];
const REFUSED = [NO.forbidden, NO.unprocessable];

it.each(ASKED.flatMap((asked) => GONE.map((no) => ({ ...asked, no }))))(
  "nobody is left to answer at $source.kind that is gone",
  async ({ source, call, no }) => {
    // A REST place does not answer in GraphQL's words.
    github.answers(call, no.status === 200 && call !== "POST /graphql" ? NO.missing : no);

    expect(await outcomeOf(react(write, PLACE, { issueNumber: 1, source }, "eyes"))).toEqual({
      value: undefined,
    });
  },
);

it.each(ASKED.flatMap((asked) => REFUSED.map((no) => ({ ...asked, no }))))(
  "a reaction to $source.kind that is refused with $no.status",
  async ({ source, call, no }) => {
    github.answers(call, no);

    expect(await outcomeOf(react(write, PLACE, { issueNumber: 1, source }, "eyes"))).toMatchObject({
      status: no.status,
    });
  },
);

const LISTS = [
  { source: { kind: "issue" }, path: "/repos/acme/shop/issues/1/reactions" },
  { source: { kind: "issue_comment", commentId: 4 }, path: "/repos/acme/shop/issues/comments/4/reactions" },
] as const;

it.each(LISTS)("our eyes are taken away from $source.kind, nobody else's", async ({ source, path }) => {
  const seen = [
    { id: 1, content: "eyes", user: { login: "mona" } },
    { id: 2, content: "eyes", user: { login: OURS } },
    { id: 3, content: "eyes", user: null },
    { id: 4, content: "rocket", user: { login: OURS } },
  ];
  github.answers(`GET ${path}?content=eyes&per_page=100`, { status: 200, body: seen });
  github.answers(`DELETE ${path}/2`, { status: 204 });

  expect(await outcomeOf(removeEyes(write, PLACE, { issueNumber: 1, source }, OURS))).toEqual({
    value: undefined,
  });
});

it.each(
  LISTS.flatMap((list) => [
    { ...list, no: NO.missing },
    { ...list, no: NO.gone },
  ]),
)("there are no eyes to take away where $source.kind is gone ($no.status)", async ({ source, path, no }) => {
  github.answers(`GET ${path}?content=eyes&per_page=100`, no);

  expect(await outcomeOf(removeEyes(write, PLACE, { issueNumber: 1, source }, OURS))).toEqual({
    value: undefined,
  });
});

it.each<[what: string, answer: Answer, outcome: object]>([
  ["is there", { status: 200, body: [] }, { value: undefined }],
  ["is gone already", NO.missing, { value: undefined }],
  ["is on an issue that is gone", NO.gone, { value: undefined }],
  ["the App may not take off", NO.forbidden, { status: 403 }],
])("a label that %s", async (_, answer, outcome) => {
  github.answers("DELETE /repos/acme/shop/issues/1/labels/aicd%3Aauto", answer);

  const removed = removeLabel(write, PLACE, { issueNumber: 1, label: "aicd:auto" });

  expect(await outcomeOf(removed)).toMatchObject(outcome);
});
