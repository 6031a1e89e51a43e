import { branchName, type ChangeSet, changeSetDigest, readSettings } from "@aicd/core";
import { expect, it } from "vitest";
import { publishChange } from "./publish.ts";
import { type Answer, createClients, NO, outcomeOf, useVendor } from "./testing/vendor.ts";

const github = useVendor();
const clients = createClients();
const PLACE = { owner: "acme", name: "shop" };
const BASE = "a".repeat(40);
const MAIN = "b".repeat(40);
const REPOSITORY = "GET /repos/acme/shop";
const HEAD = "GET /repos/acme/shop/git/ref/heads%2Fmain";
const FOLDER = "GET /repos/acme/shop/git/ref/heads%2Faicd";
const COMPARE = `GET /repos/acme/shop/compare/${BASE}...main` as const;
const TREE = `GET /repos/acme/shop/git/trees/${BASE}?recursive=1` as const;
const BRANCH = `${branchName(1, "It is slow")}-${changeSetDigest(changeSet()).slice(0, 6)}`;
const BRANCH_HEAD = `GET /repos/acme/shop/git/ref/${encodeURIComponent(`heads/${BRANCH}`)}` as const;
const PULLS = `GET /repos/acme/shop/pulls?head=${encodeURIComponent(`acme:${BRANCH}`)}&state=open` as const;

it.each([true, false])(
  "a change becomes a branch and a draft; its base is the head of the default branch: %s",
  async (headIsBase) => {
    const pull = { number: 2, html_url: "https://github.com/acme/shop/pull/2", head: { sha: "c" } };
    github.answers(REPOSITORY, { status: 200, body: { default_branch: "main" } });
    github.answers(HEAD, at(headIsBase ? BASE : MAIN));
    if (!headIsBase) github.answers(COMPARE, { status: 200, body: { status: "ahead" } });
    github.answers(TREE, treeOf("a.txt"));
    github.answers(FOLDER, NO.missing);
    github.answers(BRANCH_HEAD, at(BASE));
    github.answers("POST /graphql", {
      status: 200,
      body: { data: { createCommitOnBranch: { commit: { oid: "c" } } } },
    });
    github.answers(PULLS, { status: 200, body: [] });
    github.answers(
      "POST /repos/acme/shop/pulls",
      { status: 201, body: pull },
      { head: BRANCH, base: "main", title: "Faster", body: "text", draft: true },
    );

    expect(await publish()).toEqual({ number: 2, url: pull.html_url, headSha: "c", branch: BRANCH });
  },
);

it.each<[what: string, answer: Answer]>([
  ["ahead of the default branch", { status: 200, body: { status: "behind" } }],
  ["beside the default branch", { status: 200, body: { status: "diverged" } }],
  ["unknown to GitHub", NO.missing],
])("a change that starts from a commit %s is not published", async (_, answer) => {
  github.answers(REPOSITORY, { status: 200, body: { default_branch: "main" } });
  github.answers(HEAD, at(MAIN));
  github.answers(COMPARE, answer);

  expect(await outcomeOf(publish())).toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("is not on main of acme/shop. Push it first"),
  });
});

it.each<[what: string, no: Answer, status: number]>([
  ["the repository is out of sight", NO.missing, 404],
  ["the App may not see it", NO.forbidden, 403],
  ["the limit is used up", NO.limited, 429],
])("nothing is published when %s", async (_, no, status) => {
  github.answers(REPOSITORY, no);

  expect(await outcomeOf(publish())).toMatchObject({ status });
});

it("commits of somebody else on the branch are kept, and nothing is published over them", async () => {
  github.answers(REPOSITORY, { status: 200, body: { default_branch: "main" } });
  github.answers(HEAD, at(BASE));
  github.answers(TREE, treeOf("a.txt"));
  github.answers(FOLDER, NO.missing);
  github.answers(BRANCH_HEAD, at(MAIN));
  github.answers(`GET /repos/acme/shop/git/commits/${MAIN}`, { status: 200, body: { message: "wip" } });

  expect(await outcomeOf(publish())).toMatchObject({
    kind: "conflict",
    message: expect.stringContaining(BRANCH),
  });
});

it("a change the policy does not bear is not even asked about", async () => {
  const outcome = await outcomeOf(publish(changeSet(".github/workflows/x.yml")));

  expect(outcome).toMatchObject({
    kind: "forbidden",
    message: expect.stringContaining(".github/workflows/x.yml"),
  });
});

it("a change that is not what it says of its base is not published", async () => {
  github.answers(REPOSITORY, { status: 200, body: { default_branch: "main" } });
  github.answers(HEAD, at(BASE));
  github.answers(TREE, treeOf("A.TXT"));

  expect(await outcomeOf(publish())).toMatchObject({
    kind: "forbidden",
    message: expect.stringContaining("cannot stand beside `A.TXT`"),
  });
});

function publish(change = changeSet()) {
  const settings = readSettings(undefined);
  if (settings.kind !== "settings") throw new Error("the defaults are good");
  return publishChange(clients, PLACE, {
    changeSet: change,
    settings: settings.settings,
    issue: { number: 1, title: "It is slow" },
    base: "main",
    body: "text",
  });
}

function changeSet(path = "a.txt"): ChangeSet {
  const file = { kind: "write", path, mode: "100644", baseMode: "100644", contentBase64: "YQ==" } as const;
  return { baseSha: BASE, title: "Faster", summary: "Less work.", files: [file] };
}

function treeOf(path: string): Answer {
  const tree = [{ path, mode: "100644", type: "blob", sha: MAIN, size: 1 }];
  return { status: 200, body: { sha: BASE, truncated: false, tree } };
}

function at(sha: string): Answer {
  return { status: 200, body: { object: { type: "commit", sha } } };
}
