import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PATH } from "../testing/env.ts";
import { createTestRepository, type TestRepository } from "../testing/repository.ts";
import { createGitSource } from "./git-source.ts";

let repository: TestRepository;
let directory: string;
beforeEach(async () => {
  repository = await createTestRepository();
  directory = await mkdtemp(join(tmpdir(), "aicd-source-"));
});
afterEach(async () => {
  await repository.remove();
  await rm(directory, { recursive: true, force: true });
});

function cloned(...options: string[]): string {
  const gitDir = join(directory, "clone.git");
  const from = `file://${dirname(repository.gitDir)}`;
  const env = { PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: "1" };
  execFileSync("git", ["-C", repository.gitDir, "config", "uploadpack.allowFilter", "true"], { env });
  execFileSync("git", ["clone", "--quiet", "--bare", ...options, from, gitDir], { env, stdio: "pipe" });
  return gitDir;
}

describe("createGitSource", () => {
  it("lists plain files only, whatever their names, and reads them by id", async () => {
    const root = dirname(repository.gitDir);
    const odd = 'a "b"\n\tö -- %s.ts';
    await symlink("/etc/passwd", join(root, "link"));
    const commit = await repository.commit({ [odd]: "one\n", "-rf": "two\n", "dir/c.ts": "" });
    const source = repository.source(commit);

    const files = await source.files();
    const blobs = await source.blobs(files.map(({ sha }) => sha));

    expect(files.map(({ path }) => path).sort()).toEqual(["-rf", odd, "dir/c.ts"].sort());
    expect(blobs.get(files.find(({ path }) => path === odd)?.sha ?? "")?.toString()).toBe("one\n");
    expect(await source.blobs(["0".repeat(40), "--all", "x\nHEAD"])).toEqual(new Map());
  });

  it("tells the past newest first, up to a commit that is known and no further than asked", async () => {
    const shas: string[] = [];
    for (const n of [1, 2, 3])
      shas.push(await repository.commit({ "a.ts": `${n}\n`, [`${n}.ts`]: "x\n" }, `Change ${n}\n\nbody`));
    const source = repository.source(shas[2] ?? "");

    const all = await source.history({ limit: 10 });

    expect(all.map(({ sha }) => sha)).toEqual(shas.toReversed());
    expect(all[0]).toEqual({ sha: shas[2], message: "Change 3\n\nbody\n", paths: ["3.ts", "a.ts"] });
    expect(await source.history({ limit: 1 })).toHaveLength(1);
    const since = await source.history({ limit: 10, until: shas[0] ?? "" });
    expect(since.map(({ sha }) => sha)).toEqual(shas.toReversed());
    expect(since[2]?.paths).toEqual([]);
    expect(await source.history({ limit: 10, until: "f".repeat(40) })).toEqual(all);
  });

  it("takes a message that looks like our marks for a message", async () => {
    const trick = `x\u0001${"a".repeat(40)}\n\n\u0001${"b".repeat(40)}`;
    const commit = await repository.commit({ "a.ts": "1\n" }, trick);

    const history = await repository.source(commit).history({ limit: 5 });

    expect(history).toEqual([{ sha: commit, message: `${trick}\n`, paths: ["a.ts"] }]);
  });

  it("reads a shallow clone as far as it goes", async () => {
    await repository.commit({ "a.ts": "1\n" }, "first");
    const commit = await repository.commit({ "b.ts": "2\n" }, "second");
    const source = createGitSource({ gitDir: cloned("--depth=1"), commit, path: PATH });

    expect((await source.files()).map(({ path }) => path)).toEqual(["a.ts", "b.ts"]);
    expect((await source.history({ limit: 9 })).map(({ message }) => message)).toEqual(["second\n"]);
  });

  it("reads a blobless clone without fetching what is not there", async () => {
    await repository.commit({ "a.ts": "1\n" }, "first");
    const commit = await repository.commit({ "b.ts": "2\n" }, "second");
    const gitDir = cloned("--filter=blob:none");
    const source = createGitSource({ gitDir, commit, path: PATH });

    expect((await source.history({ limit: 9 })).map(({ paths }) => paths)).toEqual([["b.ts"], ["a.ts"]]);
    expect(await source.files()).toEqual([]);
    const missing = execFileSync(
      "git",
      ["--git-dir", gitDir, "rev-list", "--objects", "--missing=print", commit],
      {
        env: { PATH, GIT_NO_LAZY_FETCH: "1" },
      },
    );
    expect(missing.toString().match(/^\?/gm)).toHaveLength(2);
  });

  it("runs no hook, no program of the repository's configuration, and heeds no replaced object", async () => {
    const trap = join(directory, "trap.sh");
    const caught = join(directory, "caught");
    await writeFile(trap, `#!/bin/sh\ntouch ${caught}\n`);
    await chmod(trap, 0o755);
    const first = await repository.commit({ "a.ts": "real\n" }, "real");
    const other = await repository.commit({ "a.ts": "replaced\n" }, "replaced");
    for (const key of ["core.fsmonitor", "core.pager", "diff.external", "gpg.program"]) {
      await repository.git("config", key, trap);
    }
    await repository.git("config", "log.showSignature", "true");
    await repository.git("replace", first, other);
    const source = repository.source(first);

    const [file] = await source.files();
    const blobs = await source.blobs([file?.sha ?? ""]);
    const [commit] = await source.history({ limit: 1 });

    expect(blobs.get(file?.sha ?? "")?.toString()).toBe("real\n");
    expect(commit?.message).toBe("real\n");
    expect(() => execFileSync("test", ["-e", caught])).toThrow();
  });

  it.each(["HEAD", "--output=/tmp/x", "", "a".repeat(39), `${"a".repeat(40)}\n`])(
    "refuses %j as a commit",
    (commit) => {
      expect(() => repository.source(commit)).toThrow("full sha");
    },
  );

  it("says that git failed when the commit is not there", async () => {
    await expect(repository.source("a".repeat(40)).files()).rejects.toMatchObject({ kind: "broken" });
  });
});
