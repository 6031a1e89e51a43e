import { expect, it } from "vitest";
import { compareFiles, lostModes } from "./compare.ts";
import { createClients, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const { read } = createClients();
const PLACE = { owner: "acme", name: "shop" };

it("a comparison at GitHub's limit is not taken for the whole", async () => {
  const file = { filename: "a", status: "modified", additions: 1, deletions: 1 };
  const files = Array.from({ length: 300 }, () => file);
  github.answers("GET /repos/acme/shop/compare/main...c0ffee", { status: 200, body: { files } });

  expect(await compareFiles(read, PLACE, { base: "main", head: "c0ffee" })).toMatchObject({ isWhole: false });
});

it("K5: of files that should be executable, those that the commit has as plain ones are named", async () => {
  const tree = (...entries: [name: string, mode: number][]) => ({
    entries: entries.map(([name, mode]) => ({ name, mode })),
  });
  const repository = { d0: tree(["run.sh", 0o100644]), d1: tree(["a.sh", 0o100755], ["b.sh", 0o100644]) };
  github.answers("POST /graphql", { status: 200, body: { data: { repository } } });

  const paths = ["run.sh", "bin/a.sh", "bin/b.sh"];

  expect(await lostModes(read, PLACE, { sha: "c0ffee", paths })).toEqual(["run.sh", "bin/b.sh"]);
});

it("nothing is asked where nothing is executable", async () => {
  expect(await lostModes(read, PLACE, { sha: "c0ffee", paths: [] })).toEqual([]);
});
