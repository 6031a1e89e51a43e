import { expect, it } from "vitest";
import { openBranchName } from "./branch.ts";
import { createClients, NO, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const { read } = createClients();
const PLACE = { owner: "acme", name: "shop" };
const FOLDER = "GET /repos/acme/shop/git/ref/heads%2Faicd";

it("K1: a branch called as our folder makes the name one without a folder", async () => {
  github.answers(FOLDER, { status: 200, body: { object: { type: "commit", sha: "c0ffee" } } });

  expect(await openBranchName(read, PLACE, "aicd/issue-1")).toEqual({
    name: "aicd-issue-1",
    closedBy: "aicd",
  });
});

it("a name whose folder is free stays as it is", async () => {
  github.answers(FOLDER, NO.missing);

  expect(await openBranchName(read, PLACE, "aicd/issue-1")).toEqual({
    name: "aicd/issue-1",
    closedBy: undefined,
  });
});
