import type { ChangeSet, FileChange } from "@aicd/core";
import { findSecrets } from "@aicd/core/secrets";
import { expect, it } from "vitest";
import { fetchBase } from "./base.ts";
import { type Answer, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const { read } = createClients();
const PLACE = { owner: "acme", name: "shop" };
const BASE = "a".repeat(40);
const HIDDEN = "if (a\u202e) {}\n";

it("the tree of the base is read at once, with its modes", async () => {
  github.answers(
    recursive(),
    tree([
      blob("src/a.ts"),
      blob("run", "100755"),
      folder("src"),
      blob("link", "120000"),
      blob("old", "100664"),
    ]),
  );

  const { modes, texts } = await baseOf(change(write("src/a.ts", "x")));

  expect([...modes]).toEqual([
    ["src/a.ts", "100644"],
    ["run", "100755"],
    ["link", "120000"],
    ["old", "100644"],
  ]);
  expect(texts.size).toBe(0);
});

it("only files that hide something are read", async () => {
  github.answers(recursive(), tree([blob("a.ts"), blob("b.ts"), blob("large.ts", "100644", 9_000_000)]));
  const content = Buffer.from(HIDDEN).toString("base64");
  github.answers(`GET /repos/acme/shop/git/blobs/${shaOf("a.ts")}`, {
    status: 200,
    body: { content, encoding: "base64" },
  });

  const files = [
    write("a.ts", HIDDEN),
    write("b.ts", "x"),
    write("new.ts", HIDDEN),
    write("large.ts", HIDDEN),
  ];
  const { texts } = await baseOf(change(...files));

  expect([...texts]).toEqual([["a.ts", HIDDEN]]);
});

it("of a tree too large for one answer, the folders of changed paths are read in whatever case they are", async () => {
  github.answers(recursive(), tree([blob("x")], true));
  github.answers(alone(BASE), tree([folder("Src"), folder("docs"), blob("README.md")]));
  github.answers(alone(shaOf("Src")), tree([folder("lib"), blob("a.ts")]));
  github.answers(alone(shaOf("lib")), tree([blob("b.ts")]));

  const { modes } = await baseOf(change(write("src/lib/B.ts", "x"), write("README.md", "x")));

  expect([...modes.keys()].sort()).toEqual(["README.md", "Src/a.ts", "Src/lib/b.ts"]);
});

it("a folder that GitHub does not list wholly is not guessed at", async () => {
  github.answers(recursive(), tree([], true));
  github.answers(alone(BASE), tree([blob("x")], true));

  expect(await outcomeOf(baseOf(change(write("a", "x"))))).toMatchObject({ kind: "invalid" });
});

it.each<[what: string, no: Answer]>([
  ["nobody has", NO.missing],
  ["is none", { status: 422, body: { message: "Not a tree" } }],
])("a commit that %s is said to be missing", async (_, no) => {
  github.answers(recursive(), no);

  expect(await outcomeOf(baseOf(change(write("a", "x"))))).toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("GitHub has no commit aaaaaaaaa in acme/shop"),
  });
});

function baseOf(changeSet: ChangeSet) {
  return fetchBase(read, PLACE, { changeSet, findSecrets });
}

function recursive() {
  return `GET /repos/acme/shop/git/trees/${BASE}?recursive=1` as const;
}

function alone(sha: string) {
  return `GET /repos/acme/shop/git/trees/${sha}` as const;
}

function tree(entries: object[], truncated = false): Answer {
  return { status: 200, body: { sha: BASE, tree: entries, truncated } };
}

function blob(path: string, mode = "100644", size = 10) {
  return { path, mode, type: "blob", sha: shaOf(path), size };
}

function folder(path: string) {
  return { path, mode: "040000", type: "tree", sha: shaOf(path) };
}

function shaOf(path: string): string {
  return Buffer.from(path).toString("hex").padEnd(40, "0").slice(0, 40);
}

function write(path: string, text: string): FileChange {
  const contentBase64 = Buffer.from(text).toString("base64");
  return { kind: "write", path, mode: "100644", baseMode: null, contentBase64 };
}

function change(...files: FileChange[]): ChangeSet {
  return { baseSha: BASE, files, title: "t", summary: "s" };
}
