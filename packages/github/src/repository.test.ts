import { expect, it } from "vitest";
import { fetchBranchHead } from "./repository.ts";
import { type Answer, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const { read } = createClients();

it.each<[what: string, answer: Answer, outcome: object]>([
  ["a commit", { status: 200, body: { object: { type: "commit", sha: "abc" } } }, { value: "abc" }],
  ["no such branch", NO.missing, { value: undefined }],
  [
    "that nothing was ever pushed",
    { status: 409, body: { message: "Git Repository is empty.", status: "409" } },
    { value: undefined },
  ],
  ["that the App may not ask", NO.forbidden, { status: 403 }],
])("the head of a branch, when GitHub says: %s", async (_, answer, outcome) => {
  github.answers("GET /repos/acme/shop/git/ref/heads%2Ffeature%2Fx", answer);

  const asked = fetchBranchHead(read, { owner: "acme", name: "shop" }, "feature/x");

  expect(await outcomeOf(asked)).toMatchObject(outcome);
});
