import { chmod, mkdir, readFile, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { PATH } from "../testing/env.ts";
import { createRepository, type TestRepository } from "../testing/repository.ts";
import { prepare } from "./prepare.ts";
import { createTree } from "./tree.ts";

const NONE: ReadonlySet<string> = new Set();
const words = { title: "T", summary: "S" };
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function checkout(
  files: Record<string, string>,
  change?: (repository: TestRepository) => Promise<unknown>,
) {
  const repository = await createRepository(files);
  cleanups.push(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));
  await change?.(repository);
  const { workspaceDir, tempDir, sha } = repository;
  const { trusted } = await prepare({
    workspaceDir,
    tempDir,
    path: PATH,
    startSha: sha,
    baseSha: sha,
    gitEnv: {},
  });
  const tree = createTree(trusted, { root: workspaceDir, startSha: sha });
  const at = (path: string) => join(workspaceDir, path);
  return { repository, tree, at };
}

describe("tree", () => {
  it("leaves out what running tests leaves behind, unless the repository itself tracks it", async () => {
    const { tree, at } = await checkout({ "a.py": "", "kept/__pycache__/b.pyc": "old" });
    const left = [
      "__pycache__/a.cpython-311.pyc",
      "sub/.pytest_cache/x",
      "node_modules/m/index.js",
      ".coverage",
    ];
    for (const path of left) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), "\0");
    }
    await writeFile(at("kept/__pycache__/b.pyc"), "new");
    await writeFile(at("a.py"), "a = 1\n");

    const {
      changeSet: { files },
    } = await tree.changeSet({ ...words, written: NONE });

    expect(files.map(({ path }) => path)).toEqual(["a.py", "kept/__pycache__/b.pyc"]);
  });

  it("sees what was written, made, deleted and left alone, with modes and bytes", async () => {
    const { tree, at, repository } = await checkout({
      "a.txt": "a",
      "b.txt": "b",
      "c.txt": "c",
      "tool.sh": "#!/bin/sh\n",
    });
    const bytes = Buffer.from([0, 255, 10, 13, 200]);
    await writeFile(at("a.txt"), "changed\r\n");
    await unlink(at("b.txt"));
    await mkdir(at("new"));
    await writeFile(at("new/ü ☃.bin"), bytes);
    await chmod(at("tool.sh"), 0o755);

    const { changeSet } = await tree.changeSet({ ...words, written: NONE });

    expect(changeSet).toEqual({
      ...words,
      baseSha: repository.sha,
      files: [
        {
          kind: "write",
          path: "a.txt",
          mode: "100644",
          baseMode: "100644",
          contentBase64: Buffer.from("changed\r\n").toString("base64"),
        },
        { kind: "delete", path: "b.txt" },
        {
          kind: "write",
          path: "new/ü ☃.bin",
          mode: "100644",
          baseMode: null,
          contentBase64: bytes.toString("base64"),
        },
        expect.objectContaining({ path: "tool.sh", mode: "100755", baseMode: "100644" }),
      ],
    });
  });

  it("shows a link for what it is, and leaves a nested repository out", async () => {
    const { tree, at, repository } = await checkout({ "a.txt": "a" });
    await symlink("/etc/passwd", at("link"));
    await repository.git("init", "--quiet", "sub");
    await repository.git("-C", "sub", "commit", "--quiet", "--allow-empty", "-m", "x");

    const {
      changeSet: { files },
    } = await tree.changeSet({ ...words, written: NONE });

    expect(files.map((file) => (file.kind === "write" ? [file.path, file.mode] : file.path))).toEqual([
      ["link", "120000"],
    ]);
  });

  it("ignores what the repository ignores and what setup left behind, unless the agent meant it", async () => {
    const { tree, at } = await checkout({ "a.txt": "a", ".gitignore": "node_modules/\n" });
    await mkdir(at("node_modules"));
    await writeFile(at("node_modules/x.js"), "x");
    await writeFile(at("cache"), "1");
    await writeFile(at("generated.ts"), "1");
    await tree.ground();
    await writeFile(at("cache"), "2");
    await writeFile(at("generated.ts"), "2");

    const {
      changeSet: { files },
    } = await tree.changeSet({ ...words, written: new Set(["generated.ts"]) });

    expect(files.map(({ path }) => path)).toEqual(["generated.ts"]);
  });

  it("does not run or obey anything the agent put into the workspace's git", async () => {
    const { tree, at, repository } = await checkout({ "a.txt": "a" });
    const trap = `touch ${join(repository.tempDir, "trapped")}`;
    await writeFile(at(".git/hooks/post-index-change"), `#!/bin/sh\n${trap}\n`, { mode: 0o755 });
    await writeFile(at("x.sh"), `#!/bin/sh\n${trap}\ncat\n`, { mode: 0o755 });
    for (const [key, value] of Object.entries({
      "core.fsmonitor": at("x.sh"),
      "core.hooksPath": at(".git/hooks"),
      "filter.trap.clean": at("x.sh"),
      "filter.trap.process": at("x.sh"),
      "diff.external": at("x.sh"),
      "diff.trap.textconv": at("x.sh"),
      "core.worktree": "/",
    })) {
      await repository.git("config", key, value);
    }
    await writeFile(at(".gitattributes"), "* filter=trap diff=trap\n");
    await writeFile(at("a.txt"), "b");
    await writeFile(at(".git/info/exclude"), "a.txt\n");

    const {
      changeSet: { files },
    } = await tree.changeSet({ ...words, written: NONE });
    const diff = await tree.diff();

    expect(files.map(({ path }) => path)).toEqual([".gitattributes", "a.txt", "x.sh"]);
    expect(diff).toContain("-a\n");
    await expect(readFile(join(repository.tempDir, "trapped"))).rejects.toThrow("ENOENT");
  });

  it("works on a commit the clone does not have yet", async () => {
    const repository = await createRepository({ "a.txt": "a" });
    cleanups.push(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));
    const head = await repository.commit({ "a.txt": "newer" });
    const { workspaceDir, tempDir, sha } = repository;

    const { trusted } = await prepare({
      workspaceDir,
      tempDir,
      path: PATH,
      startSha: head,
      baseSha: sha,
      gitEnv: {},
    });

    expect(await readFile(join(workspaceDir, "a.txt"), "utf8")).toBe("newer");
    expect(await createTree(trusted, { root: workspaceDir, startSha: head }).show(sha, "a.txt")).toBe("a");
    expect(
      await createTree(trusted, { root: workspaceDir, startSha: head }).show(sha, "absent"),
    ).toBeUndefined();
  });

  it("says which commit cannot be had", async () => {
    const repository = await createRepository({ "a.txt": "a" });
    cleanups.push(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));
    const { workspaceDir, tempDir, sha } = repository;
    const options = {
      workspaceDir,
      tempDir,
      path: PATH,
      startSha: "0".repeat(39).concat("1"),
      baseSha: sha,
      gitEnv: {},
    };

    await expect(prepare(options)).rejects.toMatchObject({
      kind: "broken",
      message: expect.stringContaining("git fetch failed"),
    });
  });
});
