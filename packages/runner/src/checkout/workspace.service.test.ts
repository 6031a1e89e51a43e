import { rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "../sandbox/sandbox.ts";
import { PATH } from "../testing/env.ts";
import { createRepository } from "../testing/repository.ts";
import { prepare } from "./prepare.ts";
import { createTree } from "./tree.ts";
import { type CheckedWorkspace, createWorkspace } from "./workspace.ts";

let root = "";
let workspace: CheckedWorkspace;

beforeAll(async () => {
  const repository = await createRepository({
    "src/a.ts": "export const needle = 1;\n",
    "src/b.ts": "// nothing\n",
    ".gitignore": "ignored/\n",
    "blob.bin": "a\0b",
  });
  root = repository.workspaceDir;
  const { workspaceDir, tempDir, sha } = repository;
  const { trusted } = await prepare({
    workspaceDir,
    tempDir,
    path: PATH,
    startSha: sha,
    baseSha: sha,
    gitEnv: {},
  });
  const sandbox = await createSandbox({ workspaceDir, tempDir, path: PATH, demanded: "process" });
  workspace = createWorkspace({
    root: workspaceDir,
    sandbox,
    tree: createTree(trusted, { root: workspaceDir, startSha: sha }),
  });
  await workspace.write("ignored/c.ts", "needle\n");
  await workspace.write("new/d.ts", "const a = needle;\n");
});
afterAll(() => rm(dirname(root), { recursive: true, force: true }));

describe("workspace", () => {
  it("lists a directory without .git", async () => {
    expect(await workspace.list(".")).toEqual([".gitignore", "blob.bin", "ignored/", "new/", "src/"]);
    expect(await workspace.list("src")).toEqual(["a.ts", "b.ts"]);
  });

  it("searches tracked and new files, not ignored ones", async () => {
    expect(await workspace.search("needle", {})).toBe(
      "new/d.ts:1:const a = needle;\nsrc/a.ts:1:export const needle = 1;\n",
    );
    expect(await workspace.search("^export .*[0-9];$", { path: "src", context: 1 })).toContain("src/a.ts:1:");
    expect(await workspace.search("gold", {})).toBe("");
  });

  it("takes a pattern that looks like an option for a pattern", async () => {
    expect(await workspace.search("--open-files-in-pager=touch x", {})).toBe("");
  });

  it("explains a pattern it cannot read", async () => {
    await expect(workspace.search("(", {})).rejects.toMatchObject({ kind: "invalid" });
  });

  it("remembers what was written on purpose", async () => {
    expect([...workspace.written]).toEqual(["ignored/c.ts", "new/d.ts"]);
  });

  it.each([
    ["blob.bin", "invalid"],
    ["src", "invalid"],
    ["absent.ts", "missing"],
  ])("explains why %s cannot be read", async (path, kind) => {
    await expect(workspace.read(path)).rejects.toMatchObject({ kind });
  });

  it("does not write through a symlink that appears meanwhile", async () => {
    await writeFile(join(dirname(root), "outside"), "safe");
    await symlink(join(dirname(root), "outside"), join(root, "trap"));

    await expect(workspace.write("trap", "owned")).rejects.toMatchObject({ kind: "forbidden" });
  });

  it("runs commands and shows the diff against the start", async () => {
    const result = await workspace.run("echo hi; echo oops >&2; exit 3", { timeoutMs: 5_000 });

    expect(result).toMatchObject({ exitCode: 3, output: "hi\noops\n", timedOut: false });
    expect(await workspace.diff()).toContain("+const a = needle;");
  });
});
