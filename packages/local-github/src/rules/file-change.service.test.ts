import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { graphqlRefusal, headOf, NAME, openScene, REPO, type Scene } from "../testing/scene.ts";

let scene: Scene;
let main: string;

beforeAll(async () => {
  scene = await openScene({ files: { "a.txt": "a", "dir/b.txt": "b", "dir/c.txt": "c" } });
  main = await headOf(scene.octokit, "main");
  await scene.octokit.rest.git.createRef({ ...REPO, ref: "refs/heads/work", sha: main });
});

afterAll(async () => {
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const base64 = (text: string) => Buffer.from(text).toString("base64");
const file = (path: string, contents = base64("x")) => ({ path, contents });

interface Change {
  headline?: string;
  additions?: { path: string; contents: string }[];
  deletions?: string[];
}

async function commit({ headline = "x", additions = [], deletions = [] }: Change): Promise<string> {
  const head = await headOf(scene.octokit, "work");
  const answer = await scene.octokit.graphql<{ createCommitOnBranch: { commit: { oid: string } } }>(
    "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }",
    {
      input: {
        branch: { repositoryNameWithOwner: NAME, branchName: "work" },
        expectedHeadOid: head,
        message: { headline },
        fileChanges: { additions, deletions: deletions.map((path) => ({ path })) },
      },
    },
  );
  return answer.createCommitOnBranch.commit.oid;
}

describe("createCommitOnBranch", () => {
  const inTheWay = (path: string) => `A file exists where you're trying to create a subdirectory: ${path}`;
  const malformed = (path: string) => `path contains a malformed path component: ${path}`;

  it.each<[string, Change, string]>([
    ["no changes", {}, "No file changes were provided"],
    [
      "an empty headline",
      { headline: " ", additions: [file("x")] },
      "A commit message headline can't be blank",
    ],
    [
      "contents that are not base64",
      { additions: [file("x"), file("y", "not base64!")] },
      "Variable $input of type CreateCommitOnBranchInput! was provided invalid value for fileChanges.additions.1.contents (Expected value to be base64 encoded)",
    ],
    [
      "a deleted directory",
      { deletions: ["dir"] },
      "A path was requested for deletion which does not exist as of commit oid",
    ],
    ["a deleted file that is not there", { deletions: ["nowhere"] }, "A path was requested for deletion"],
    ["a file over a directory", { additions: [file("dir")] }, inTheWay("dir")],
    ["a file below a file", { additions: [file("a.txt/b")] }, inTheWay("a.txt/b")],
    [
      "two additions one of which lies below the other",
      { additions: [file("n"), file("n/m")] },
      inTheWay("n/m"),
    ],
    ["a path twice", { additions: [file("x"), file("x")] }, "A path was specified more than once"],
    [
      "a path added and deleted",
      { additions: [file("a.txt")], deletions: ["a.txt"] },
      "A path was specified more than once",
    ],
    ["a path into .git", { additions: [file(".git/hooks/x")] }, malformed(".git/hooks/x")],
    ["a path into .GIT", { additions: [file("sub/.GIT/config")] }, malformed("sub/.GIT/config")],
    ["a path into git~1", { additions: [file("GIT~1/config")] }, malformed("GIT~1/config")],
    ["a path that leaves", { additions: [file("../x")] }, malformed("../x")],
  ])("refuses %s", async (_what, change, message) => {
    const said = await graphqlRefusal(commit(change));

    expect(said.message).toContain(message);
    expect(await headOf(scene.octokit, "work")).toBe(main);
  });

  it("puts a file where a directory was whose files it deletes, and the other way round", async () => {
    await commit({ additions: [file("dir")], deletions: ["dir/b.txt", "dir/c.txt"] });
    await commit({ additions: [file("dir/again.txt")], deletions: ["dir"] });

    const { data } = await scene.octokit.rest.git.getTree({ ...REPO, tree_sha: "work", recursive: "1" });

    expect(data.tree.map((entry) => entry.path)).toEqual(["a.txt", "dir", "dir/again.txt"]);
  });
});
