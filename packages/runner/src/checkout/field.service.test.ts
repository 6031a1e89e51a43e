import { execFile } from "node:child_process";
import { chmod, chown, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type ChangeSet, DEFAULT_SETTINGS, judge } from "@aicd/core";
import { findSecrets } from "@aicd/core/secrets";
import { describe, expect, it, onTestFinished } from "vitest";
import { PATH } from "../testing/env.ts";
import { createRepository, type TestRepository } from "../testing/repository.ts";
import { prepare } from "./prepare.ts";
import { createTree } from "./tree.ts";

const run = promisify(execFile);
const words = { title: "T", summary: "S" };

async function checkout(
  files: Record<string, string>,
  options: {
    change?: (repository: TestRepository) => Promise<unknown>;
    path?: (repository: TestRepository) => Promise<string>;
  } = {},
) {
  const repository = await createRepository(files);
  onTestFinished(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));
  await options.change?.(repository);
  const { workspaceDir, tempDir } = repository;
  const sha = await repository.git("rev-parse", "origin/main");
  const place = { workspaceDir, tempDir, path: (await options.path?.(repository)) ?? PATH };
  const { trusted } = await prepare({ ...place, startSha: sha, baseSha: sha, gitEnv: {} });
  const tree = createTree(trusted, { root: workspaceDir, startSha: sha });
  await tree.ground();
  const at = (path: string) => join(workspaceDir, path);
  const collect = async (...written: string[]) => {
    const { changeSet, leftOut } = await tree.changeSet({ ...words, written: new Set(written) });
    return { changeSet, paths: changeSet.files.map(({ path }) => path), leftOut };
  };
  return { repository, tree, at, collect };
}

const findings = (changeSet: ChangeSet) =>
  judge(changeSet, DEFAULT_SETTINGS, findSecrets).findings.map(({ rule }) => rule);

/** Modes keep nothing from root: there git runs as nobody. */
const IS_ROOT = process.getuid?.() === 0;

/** git as somebody who is not root, whom file modes bind. */
async function boundGit(directory: string): Promise<string> {
  const bin = join(directory, "bin");
  await mkdir(bin);
  const script = `#!/bin/sh\nexec setpriv --reuid=65534 --clear-groups ${(await run("which", ["git"])).stdout.trim()} "$@"\n`;
  await writeFile(join(bin, "git"), script, { mode: 0o755 });
  return `${bin}:${PATH}`;
}

describe("K4: one odd thing in a working tree does not kill the work", () => {
  it.each([
    ["an empty nested repository", async (repository: TestRepository) => repository.git("init", "-q", "odd")],
    [
      "a nested repository with a commit",
      async (repository: TestRepository) => {
        await repository.git("init", "-q", "odd");
        await repository.git("-C", "odd", "commit", "-q", "--allow-empty", "-m", "x");
      },
    ],
    ["a named pipe", ({ workspaceDir }: TestRepository) => run("mkfifo", [join(workspaceDir, "odd")])],
    [
      "a socket",
      ({ workspaceDir }: TestRepository) =>
        new Promise<void>((resolve) => {
          const server = createServer().listen(join(workspaceDir, "odd"), resolve);
          onTestFinished(() => void server.close());
        }),
    ],
    [
      "a link that leads nowhere",
      ({ workspaceDir }: TestRepository) => symlink("nowhere", join(workspaceDir, "odd")),
    ],
  ])("K4: %s is left out and named", async (_what, make) => {
    const { repository, tree, at, collect } = await checkout({ "a.txt": "a" });
    await make(repository);
    await writeFile(at("a.txt"), "b");

    const { paths, leftOut } = await collect();

    expect(paths).toEqual(["a.txt"]);
    expect(leftOut).toEqual([{ path: "odd", why: expect.stringMatching(/^it is /), meant: false }]);
    expect(await tree.diff()).not.toContain("odd");
  });

  it("K4: a file nobody may read is left out and named, a tracked one as well", async () => {
    const { at, collect } = await checkout(
      { "a.txt": "a", "b.txt": "b" },
      {
        async path({ workspaceDir }) {
          if (!IS_ROOT) return PATH;
          const root = dirname(workspaceDir);
          const path = await boundGit(root);
          await run("chown", ["-R", "65534", root]);
          await chmod(root, 0o755);
          return path;
        },
      },
    );
    for (const name of ["a.txt", "b.txt", "new.txt"]) await writeFile(at(name), "c");
    for (const name of ["b.txt", "new.txt"]) {
      if (IS_ROOT) await chown(at(name), 65534, 65534);
      await chmod(at(name), 0);
    }

    const { paths, leftOut } = await collect();

    expect(paths).toEqual(["a.txt"]);
    expect(leftOut.map((one) => one.path).sort()).toEqual(["b.txt", "new.txt"]);
    expect(leftOut[0]?.why).toContain("mode");
  });

  it("K4: a link that was there before stays, wherever it leads", async () => {
    const { at, collect } = await checkout(
      { "a.txt": "a" },
      {
        change: async (repository) => {
          await symlink("nowhere", join(repository.origin, "link"));
          await repository.commit({});
          await repository.git("fetch", "-q");
        },
      },
    );
    await writeFile(at("a.txt"), "b");

    expect(await collect()).toMatchObject({ paths: ["a.txt"], leftOut: [] });
  });

  it("K4: a shallow clone is worked in like any other", async () => {
    const { at, collect } = await checkout(
      { "a.txt": "a" },
      {
        change: async ({ origin, workspaceDir, commit }) => {
          await commit({ "b.txt": "b" });
          await rm(workspaceDir, { recursive: true });
          await run("git", ["clone", "-q", "--depth=1", `file://${origin}`, workspaceDir]);
        },
      },
    );
    await writeFile(at("a.txt"), "b");

    expect(await collect()).toMatchObject({ paths: ["a.txt"], leftOut: [] });
  });

  it("K4: a new file in an ignored folder with tracked files is in the change", async () => {
    const { at, collect, tree } = await checkout(
      { "lib/a.js": "a" },
      {
        change: async (repository) => {
          await repository.commit({ ".gitignore": "lib/\n" });
          await repository.git("fetch", "-q");
        },
      },
    );
    await writeFile(at("lib/b.js"), "b");

    expect(await collect("lib/b.js")).toMatchObject({ paths: ["lib/b.js"], leftOut: [] });
    expect(await tree.diff()).toContain("lib/b.js");
  });

  it("K4: such a file that no tool of the agent wrote is named", async () => {
    const { at, collect } = await checkout(
      { "lib/a.js": "a" },
      {
        change: async (repository) => {
          await repository.commit({ ".gitignore": "lib/\n*.log\n" });
          await repository.git("fetch", "-q");
        },
      },
    );
    await writeFile(at("lib/b.js"), "b");

    const { paths, leftOut } = await collect();

    expect(paths).toEqual([]);
    expect(leftOut).toMatchObject([{ path: "lib/b.js", meant: false }]);
  });

  it("K4: a file the agent wrote where nothing is tracked is told to it", async () => {
    const { at, collect } = await checkout({ "a.txt": "a", ".gitignore": "dist/\n*.log\n" });
    await mkdir(at("dist"));
    for (const path of ["dist/x.js", "a.log"]) await writeFile(at(path), "x");

    const { paths, leftOut } = await collect("dist/x.js", "a.log");

    expect(paths).toEqual([]);
    expect(leftOut).toMatchObject([
      { path: "dist/x.js", why: expect.stringContaining("ignore"), meant: true },
      { path: "a.log", meant: true },
    ]);
  });

  it("K4: an edit inside a submodule is said, whoever made it", async () => {
    const inner = await createRepository({ "in.txt": "1" });
    onTestFinished(() => rm(dirname(inner.workspaceDir), { recursive: true, force: true }));
    const { at, collect } = await checkout(
      { "a.txt": "a" },
      {
        change: async ({ origin, workspaceDir, commit, git }) => {
          const allow = ["-c", "protocol.file.allow=always"];
          await run("git", [...allow, "submodule", "--quiet", "add", inner.origin, "sub"], { cwd: origin });
          await commit({});
          await git("pull", "-q");
          await git(...allow, "submodule", "--quiet", "update", "--init");
          expect(await readFile(join(workspaceDir, "sub/in.txt"), "utf8")).toBe("1");
        },
      },
    );
    await writeFile(at("sub/in.txt"), "22");

    expect(await collect()).toMatchObject({ paths: [], leftOut: [{ path: "sub", meant: false }] });
    const { leftOut } = await collect("sub/in.txt");
    expect(leftOut).toContainEqual({
      path: "sub/in.txt",
      why: expect.stringContaining("submodule"),
      meant: true,
    });
  });
});

describe("K5: paths are bytes", () => {
  it("K5: a name that is no UTF-8 is left out and spelled, never bent into another", async () => {
    const { at, collect } = await checkout({ "a.txt": "a" });
    await writeFile(Buffer.concat([Buffer.from(at("caf")), Buffer.from([0xe9])]), "x");
    await writeFile(at("a.txt"), "b");

    const { paths, leftOut } = await collect();

    expect(paths).toEqual(["a.txt"]);
    expect(leftOut).toEqual([{ path: "caf\\xe9", why: "its name is not UTF-8", meant: false }]);
  });

  it.each([
    ["a byte-order mark", "\ufeffa\r\nb\r\n", "\ufeffa\r\nc\r\n"],
    ["an ESC", "\u001b[2Ka\nb\n", "\u001b[2Ka\nc\n"],
  ])("K5: an edit of a file with %s carries what the base had", async (_what, before, after) => {
    const { at, collect } = await checkout({ "a.txt": before });
    await writeFile(at("a.txt"), after);

    const { changeSet } = await collect();

    expect(findings(changeSet)).toEqual([]);
    expect(changeSet.files[0]).toMatchObject({ kind: "write", hiddenBefore: expect.anything() });
  });

  it("K5: a zero-width space that an edit adds is found", async () => {
    const { at, collect } = await checkout({ "a.ts": "isAdmin()\n" });
    await writeFile(at("a.ts"), "is\u200bAdmin()\n");

    expect(findings((await collect()).changeSet)).toEqual(["content.hidden"]);
  });

  it("K5: a new file beside its twin in the base is refused, and a rename by case is not", async () => {
    const twin = await checkout({ "ReadMe.md": "a" });
    await writeFile(twin.at("README.md"), "b");
    const renamed = await checkout({ "ReadMe.md": "a" });
    await rm(renamed.at("ReadMe.md"));
    await writeFile(renamed.at("README.md"), "a");

    expect(findings((await twin.collect()).changeSet)).toEqual(["path.twin"]);
    expect(findings((await renamed.collect()).changeSet)).toEqual([]);
  });

  it("K5: an executable file that is edited stays executable", async () => {
    const { at, collect } = await checkout(
      { "run.sh": "#!/bin/sh\n" },
      {
        change: async ({ origin, commit, git }) => {
          await chmod(join(origin, "run.sh"), 0o755);
          await commit({});
          await git("fetch", "-q");
        },
      },
    );
    await writeFile(at("run.sh"), "#!/bin/sh\necho\n");

    const { changeSet } = await collect();

    expect(changeSet.files).toMatchObject([{ mode: "100755", baseMode: "100755" }]);
    expect(findings(changeSet)).toEqual([]);
  });
});
