import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createMint, type IndexScope } from "@aicd/core";
import { startLocalGitHub } from "@aicd/local-github";
import { afterAll, describe, expect, it } from "vitest";
import type { Mirror } from "./fetch-mirror.ts";
import { createMirrors } from "./mirrors.ts";

const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
const directory = await mkdtemp(join(tmpdir(), "aicd-mirrors-"));
const github = await startLocalGitHub({ directory: join(directory, "github") });
await github.createUser("mona");
const mint = createMint({ now: Date.now, random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)) });
const mirrors = createMirrors({ directory: join(directory, "mirrors"), path });
const signal = new AbortController().signal;
afterAll(async () => {
  await github.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});

const newScope = (): IndexScope => ({ tenantId: mint("tenant"), repositoryId: mint("repository") });

/** A private repository with so many commits, and the token of somebody who may read it. */
async function repository(name: string, commits: Record<string, string>[]) {
  const source = join(directory, "source", name);
  await mkdir(source, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Mona", "-c", "user.email=mona@example.com", ...args], {
      cwd: source,
    })
      .toString()
      .trim();
  git("init", "--quiet", "--initial-branch=main");
  for (const [index, files] of commits.entries()) {
    for (const [file, content] of Object.entries(files)) await writeFile(join(source, file), content);
    git("add", "--all");
    git("commit", "--quiet", "-m", `Change ${index + 1}`);
  }
  await github.createRepository("mona", name, {
    private: true,
    ...(commits.length > 0 ? { from: source } : {}),
  });
  const url = `${github.url}/mona/${name}.git`;
  const token = github.as("mona").token;
  const push = async (file: string, content: string) => {
    await writeFile(join(source, file), content);
    git("add", "--all");
    git("commit", "--quiet", "-m", `Change ${file}`);
    const login = `http.extraHeader=AUTHORIZATION: basic ${Buffer.from(`x:${token}`).toString("base64")}`;
    // Not in step: the server it talks to is in this process.
    await promisify(execFile)("git", ["-c", login, "push", "--quiet", "--force", url, "HEAD:main"], {
      cwd: source,
    });
  };
  return { url, token, signal, push, git };
}

const filesOf = ({ tipDir, commit }: Mirror) =>
  execFileSync("git", ["ls-tree", "-r", "--name-only", commit], { cwd: tipDir })
    .toString()
    .trim()
    .split("\n");
const logOf = ({ historyDir, commit }: Mirror) =>
  execFileSync("git", ["log", "--format=%s", commit], { cwd: historyDir }).toString().trim().split("\n");

describe("a mirror", () => {
  it("has the files of the newest commit and the story of the ones before it, and follows pushes", async () => {
    const scope = newScope();
    const from = await repository("first", [{ "a.ts": "1" }, { "b.ts": "2" }]);

    const before = await mirrors.fetch(scope, from);
    await from.push("c.ts", "3");
    const after = await mirrors.fetch(scope, from);

    expect([filesOf(before), logOf(before)]).toEqual([
      ["a.ts", "b.ts"],
      ["Change 2", "Change 1"],
    ]);
    expect([filesOf(after), logOf(after)]).toEqual([
      ["a.ts", "b.ts", "c.ts"],
      ["Change c.ts", "Change 2", "Change 1"],
    ]);
  });

  it("follows a branch whose history was written anew", async () => {
    const scope = newScope();
    const from = await repository("anew", [{ "a.ts": "1" }, { "b.ts": "2" }]);
    await mirrors.fetch(scope, from);

    from.git("reset", "--quiet", "--hard", "HEAD~1");
    await from.push("other.ts", "3");
    const after = await mirrors.fetch(scope, from);

    expect(filesOf(after)).toEqual(["a.ts", "other.ts"]);
    expect(logOf(after)).toEqual(["Change other.ts", "Change 1"]);
  });

  it("mends what a killed fetch left behind", async () => {
    const scope = newScope();
    const from = await repository("killed", [{ "a.ts": "1" }]);
    const { tipDir } = await mirrors.fetch(scope, from);
    await writeFile(join(tipDir, "shallow.lock"), "");
    await from.push("b.ts", "2");

    expect(filesOf(await mirrors.fetch(scope, from))).toEqual(["a.ts", "b.ts"]);
  });

  it("keeps the token nowhere", async () => {
    const scope = newScope();
    const from = await repository("token", [{ "a.ts": "1" }]);
    await mirrors.fetch(scope, from);

    const home = join(directory, "mirrors", scope.tenantId, scope.repositoryId);
    const kept: string[] = [];
    for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const content = await readFile(join(entry.parentPath, entry.name), "latin1");
      if (
        content.includes(from.token) ||
        content.includes(Buffer.from(`x-access-token:${from.token}`).toString("base64"))
      )
        kept.push(entry.name);
    }
    expect(kept).toEqual([]);
    expect((await readdir(home)).sort()).toEqual(["history.git", "tip.git"]);
  });

  it("is gone after its repository, or its tenant, is dropped", async () => {
    const from = await repository("gone", [{ "a.ts": "1" }]);
    const [one, two] = [newScope(), newScope()];
    const other = { ...one, repositoryId: mint("repository") };
    for (const scope of [one, two, other]) await mirrors.fetch(scope, from);
    const mine = async () => (await mirrors.list()).filter(({ tenantId }) => tenantId === one.tenantId);

    await mirrors.drop(one);
    expect(await mine()).toEqual([other]);
    await mirrors.dropTenant(one.tenantId);

    expect(await mine()).toEqual([]);
    expect(await mirrors.list()).toContainEqual(two);
  });
});

describe("a fetch that cannot be", () => {
  it("says that a repository is empty", async () => {
    await expect(mirrors.fetch(newScope(), await repository("empty", []))).rejects.toMatchObject({
      kind: "missing",
      message: "The repository has no commit yet.",
    });
  });

  it("needs a token that may read", async () => {
    const from = await repository("secret", [{ "a.ts": "1" }]);
    const scope = newScope();

    const refused = mirrors.fetch(scope, { ...from, token: "wrong" });

    await expect(refused).rejects.toMatchObject({ kind: "broken" });
    await expect(refused).rejects.not.toThrow(/wrong/);
    expect(await mirrors.list()).not.toContainEqual(scope);
  });

  it("stops a repository that would fill the disk, and leaves nothing of it", async () => {
    const small = createMirrors({ directory: join(directory, "small"), path, bytes: 1 });
    const from = await repository("large", [{ "a.ts": "1" }]);
    // Held until the watch has looked: a server that sends and never ends.
    const server = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };

    const fetched = small.fetch(newScope(), { ...from, url: `http://127.0.0.1:${port}/x.git` });

    await expect(fetched).rejects.toMatchObject({ kind: "too_large" });
    expect(await small.list()).toEqual([]);
    server.closeAllConnections();
    server.close();
  });

  it("ends at once when it is called off", async () => {
    const end = new AbortController();
    const server = createServer(() => end.abort(new Error("called off"))).listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };

    const fetched = mirrors.fetch(newScope(), {
      url: `http://127.0.0.1:${port}/x.git`,
      token: "t",
      signal: end.signal,
    });

    await expect(fetched).rejects.toThrow("called off");
    server.closeAllConnections();
    server.close();
  });
});
