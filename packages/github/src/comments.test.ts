import { expect, it } from "vitest";
import { editIssueComment, marker, postIssueComment, replyToReviewComment } from "./comments.ts";
import { type Answer, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const clients = createClients();
const PLACE = { owner: "acme", name: "shop" };
const OURS = "aicd[bot]";
const MARK = "<!-- aicd:k -->";
const POST = "POST /repos/acme/shop/issues/1/comments";
const REPLY = "POST /repos/acme/shop/pulls/2/comments/4/replies";
const page = (number: number) =>
  `GET /repos/acme/shop/issues/1/comments?per_page=100&page=${number}` as const;
const REVIEW_COMMENTS = "GET /repos/acme/shop/pulls/2/comments?per_page=100&sort=created&direction=desc";
const SENT = { body: `${MARK}\ntext` };

it("a key cannot end its marker", () => {
  expect(marker("a --> b")).toBe("<!-- aicd:a  b -->");
});

it("a comment carries its marker, and is not looked for by whoever writes it for the first time", async () => {
  github.answers(POST, { status: 201, body: { id: 11 } }, SENT);

  expect(await post({ look: false })).toEqual({ id: 11, found: false });
});

it.each<[what: string, comment: object]>([
  ["by somebody else", { id: 9, user: { login: "mona" }, body: `${MARK}\ntext` }],
  ["by nobody any more", { id: 9, user: null, body: `${MARK}\ntext` }],
  ["without a text", { id: 9, user: { login: OURS } }],
  ["of another key", { id: 9, user: { login: OURS }, body: "<!-- aicd:other -->\ntext" }],
  ["that quotes it", { id: 9, user: { login: OURS }, body: `> ${MARK}\ntext` }],
])("a comment %s is not ours: we write one", async (_, comment) => {
  github.answers(page(1), { status: 200, body: [comment] });
  github.answers(POST, { status: 201, body: { id: 11 } }, SENT);

  expect(await post({ look: true })).toEqual({ id: 11, found: false });
});

it("a comment that got through before is found, on whichever page", async () => {
  const others = Array.from({ length: 100 }, (_, id) => ({ id, user: { login: "mona" }, body: "hi" }));
  github.answers(page(1), { status: 200, body: others });
  github.answers(page(2), { status: 200, body: [{ id: 9, user: { login: OURS }, body: `${MARK}\nold` }] });

  expect(await post({ look: true })).toEqual({ id: 9, found: true });
});

it.each<[what: string, no: Answer, status: number]>([
  ["is locked", NO.locked, 403],
  ["is gone", NO.gone, 410],
  ["is out of sight", NO.missing, 404],
  ["is too long for GitHub", NO.unprocessable, 422],
  ["cannot be reached", NO.badGateway, 502],
])("a conversation that %s takes no comment, and says so", async (_, no, status) => {
  github.answers(POST, no);

  expect(await outcomeOf(post({ look: false }))).toMatchObject({ status });
});

it.each<[what: string, answer: Answer, outcome: object]>([
  ["is there", { status: 200, body: { id: 4 } }, { value: true }],
  ["was deleted", NO.missing, { value: false }],
  ["went with its issue", NO.gone, { value: false }],
  ["is in a locked conversation", NO.locked, { status: 403 }],
  ["got too long", NO.unprocessable, { status: 422 }],
])("a comment to be edited that %s", async (_, answer, outcome) => {
  github.answers("PATCH /repos/acme/shop/issues/comments/4", answer, SENT);

  const edited = editIssueComment(clients.write, PLACE, { commentId: 4, key: "k", body: "text" });

  expect(await outcomeOf(edited)).toMatchObject(outcome);
});

it("a reply that got through before is found", async () => {
  github.answers(REVIEW_COMMENTS, {
    status: 200,
    body: [
      { id: 8, user: null, body: `${MARK}\ntext` },
      { id: 9, user: { login: OURS }, body: `${MARK}\nold` },
    ],
  });

  expect(await reply({ look: true })).toEqual({ id: 9, found: true });
});

it("a reply goes to its thread", async () => {
  github.answers(REVIEW_COMMENTS, { status: 200, body: [] });
  github.answers(REPLY, { status: 201, body: { id: 12 } }, SENT);

  expect(await reply({ look: true })).toEqual({ id: 12, found: false });
});

it.each<[what: string, no: Answer, status: number]>([
  ["whose comment was deleted", NO.missing, 404],
  ["that is locked", NO.locked, 403],
  ["GitHub has no place for", NO.unprocessable, 422],
])("a thread %s takes no reply, and says so", async (_, no, status) => {
  github.answers(REPLY, no);

  expect(await outcomeOf(reply({ look: false }))).toMatchObject({ status });
});

function post(input: { look: boolean }) {
  return postIssueComment(clients, PLACE, {
    issueNumber: 1,
    key: "k",
    body: "text",
    appLogin: OURS,
    ...input,
  });
}

function reply(input: { look: boolean }) {
  const where = { pullRequestNumber: 2, commentId: 4 };
  return replyToReviewComment(clients, PLACE, { ...where, key: "k", body: "text", appLogin: OURS, ...input });
}
