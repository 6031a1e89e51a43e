import type { ChangeSet } from "@aicd/core";
import { expect, it } from "vitest";
import * as github from "./index.ts";
import { type Call, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const vendor = useVendor();
const clients = createClients();
const { read, write } = clients;
const PLACE = { owner: "acme", name: "shop" };
const REPO = "/repos/acme/shop";
const ISSUE = { issueNumber: 1, source: { kind: "issue" } } as const;
const CHANGE: ChangeSet = {
  title: "Faster",
  summary: "Less work.",
  baseSha: "a".repeat(40),
  files: [{ kind: "delete", path: "old.txt" }],
};

/** Every function that asks GitHub, with the first call it makes. */
const FUNCTIONS: [name: string, by: "reader" | "writer", call: Call, work: () => Promise<unknown>][] = [
  [
    "permissionOf",
    "reader",
    `GET ${REPO}/collaborators/mona/permission`,
    () => github.permissionOf(read, PLACE, { login: "mona", id: 3 }),
  ],
  [
    "mayRead",
    "reader",
    `GET ${REPO}/collaborators/mona/permission`,
    () => github.mayRead(read, PLACE, { id: 3, login: "mona" }),
  ],
  [
    "fetchBranchHead",
    "reader",
    `GET ${REPO}/git/ref/heads%2Fmain`,
    () => github.fetchBranchHead(read, PLACE, "main"),
  ],
  [
    "dispatchWorkflow",
    "writer",
    `POST ${REPO}/actions/workflows/aicd.yml/dispatches`,
    () =>
      github.dispatchWorkflow(clients, PLACE, {
        ref: "main",
        attemptId: "att_1",
        runKey: "key",
        controlPlaneUrl: "https://aicd.example.com",
      }),
  ],
  [
    "findRun",
    "reader",
    `GET ${REPO}/actions/workflows/aicd.yml/runs?event=workflow_dispatch&per_page=50`,
    () => github.findRun(clients, PLACE, { runKey: "key" }),
  ],
  ["cancelRun", "writer", `POST ${REPO}/actions/runs/9/cancel`, () => github.cancelRun(clients, PLACE, 9)],
  [
    "findPullRequest",
    "reader",
    `GET ${REPO}/pulls?head=acme%3Aaicd%2F1&state=open`,
    () => github.findPullRequest(read, PLACE, "aicd/1"),
  ],
  [
    "updatePullRequest",
    "writer",
    `PATCH ${REPO}/pulls/2`,
    () => github.updatePullRequest(clients, PLACE, 2, { body: "text" }),
  ],
  ["closePullRequest", "writer", `PATCH ${REPO}/pulls/2`, () => github.closePullRequest(clients, PLACE, 2)],
  [
    "fetchPullRequestState",
    "reader",
    `GET ${REPO}/pulls/2`,
    () => github.fetchPullRequestState(read, PLACE, 2),
  ],
  ["react", "writer", `POST ${REPO}/issues/1/reactions`, () => github.react(write, PLACE, ISSUE, "eyes")],
  [
    "react to a review",
    "writer",
    "POST /graphql",
    () =>
      github.react(
        write,
        PLACE,
        { issueNumber: 1, source: { kind: "review", reviewId: 5, nodeId: "R_5" } },
        "eyes",
      ),
  ],
  [
    "removeEyes",
    "writer",
    `GET ${REPO}/issues/1/reactions?content=eyes&per_page=100`,
    () => github.removeEyes(write, PLACE, ISSUE, "aicd[bot]"),
  ],
  [
    "removeLabel",
    "writer",
    `DELETE ${REPO}/issues/1/labels/aicd`,
    () => github.removeLabel(write, PLACE, { issueNumber: 1, label: "aicd" }),
  ],
  [
    "postIssueComment",
    "writer",
    `POST ${REPO}/issues/1/comments`,
    () =>
      github.postIssueComment(clients, PLACE, {
        issueNumber: 1,
        key: "k",
        body: "b",
        appLogin: "aicd[bot]",
        look: false,
      }),
  ],
  [
    "editIssueComment",
    "writer",
    `PATCH ${REPO}/issues/comments/4`,
    () => github.editIssueComment(write, PLACE, { commentId: 4, key: "k", body: "b" }),
  ],
  [
    "replyToReviewComment",
    "reader",
    `GET ${REPO}/pulls/2/comments?per_page=100&sort=created&direction=desc`,
    () =>
      github.replyToReviewComment(clients, PLACE, {
        pullRequestNumber: 2,
        commentId: 4,
        key: "k",
        body: "b",
        appLogin: "aicd[bot]",
        look: true,
      }),
  ],
  [
    "commitChangeSet",
    "reader",
    `GET ${REPO}/git/ref/heads%2Faicd%2F1`,
    () =>
      github.commitChangeSet(clients, PLACE, {
        branch: "aicd/1",
        changeSet: CHANGE,
        digest: "d",
        coAuthor: undefined,
      }),
  ],
  [
    "organizationRoleOf",
    "reader",
    "GET /orgs/acme/memberships/mona",
    () => github.organizationRoleOf(read, "acme", { id: 3, login: "mona" }),
  ],
  [
    "reviewOpensThread",
    "reader",
    `GET ${REPO}/pulls/2/reviews/5/comments?per_page=100&page=1`,
    () => github.reviewOpensThread(read, PLACE, { pullRequestNumber: 2, reviewId: 5 }),
  ],
  [
    "fetchStart",
    "reader",
    "POST /graphql",
    () =>
      github.fetchStart(read, PLACE, {
        issueNumber: 1,
        base: undefined,
        head: undefined,
        guidance: [],
        asked: Promise.resolve({ login: "mona", permission: "write" }),
      }),
  ],
];

const LATER = [
  ["used up", NO.limited, 429],
  ["slowed down", NO.secondary, 429],
  ["too many", NO.tooMany, 429],
  ["unknown token", NO.unauthenticated, 401],
] as const;

it.each(
  FUNCTIONS.flatMap(([name, , call, work]) =>
    LATER.map(([what, no, status]) => ({ name, what, call, no, status, work })),
  ),
)("$name takes `$what` for no answer to its question", async ({ call, no, status, work }) => {
  vendor.answers(call, no);

  expect(await outcomeOf(work())).toMatchObject({ status });
});

it.each(FUNCTIONS)("%s takes an outage for no answer to its question", async (_, by, call, work) => {
  vendor.answers(
    call,
    Array.from({ length: by === "reader" ? 4 : 1 }, () => NO.badGateway),
  );

  expect(await outcomeOf(work())).toMatchObject({ status: 502 });
});
