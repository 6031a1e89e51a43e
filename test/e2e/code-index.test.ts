import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Lease } from "@aicd/protocol";
import { describe, expect, it, vi } from "vitest";
import { createBrowser } from "../world/browser.ts";
import { clientOf, dispatched, tokenFor } from "../world/runner.ts";
import { createWorld, HUMAN, REPO } from "../world/world.ts";

const exec = promisify(execFile);
/** Stands in the code, so that it must stand in no log line. */
const CANARY = "quokkaCanary7731";

const world = await createWorld({
  files: { "src/retry.js": `export function parseRetryAfter(header) {\n  return ${CANARY};\n}\n` },
});
const { github, database, person, server, url } = world;
const browser = createBrowser();
const client = clientOf(world);

type Index = { state: string; commit: string | null; files: number | null; failure: string | null };

async function repositories(): Promise<{ id: string; name: string; index: Index }[]> {
  const { rows } = await database.pool.query("SELECT id FROM tenants");
  const answer = await browser.fetch(`${url}/v1/organizations/${rows[0]?.id}/repositories`);
  return ((await answer.json()) as { items: [] }).items;
}

async function indexOf(fits: (index: Index) => boolean, name = "widget"): Promise<Index> {
  return vi.waitUntil(
    async () => {
      const index = (await repositories()).find((each) => each.name === name)?.index;
      return index !== undefined && fits(index) ? index : false;
    },
    { timeout: 30_000, interval: 100 },
  );
}

/** A write of a signed-in person, as the dashboard makes it. */
async function write(method: string, path: string, body?: unknown): Promise<Response> {
  const session = (await (await browser.fetch(`${url}/auth/session`)).json()) as { csrf: { token: string } };
  const { rows } = await database.pool.query("SELECT id FROM tenants");
  return browser.fetch(`${url}/v1/organizations/${rows[0]?.id}/${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      origin: url,
      "x-csrf-token": session.csrf.token,
      "idempotency-key": crypto.randomUUID(),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function push(file: string, content: string): Promise<string> {
  const checkout = join(world.directory, "pushing");
  const git = async (...args: string[]) => (await exec("git", args, { cwd: checkout })).stdout.trim();
  const remote = github.url.replace("://", `://x:${person.token}@`);
  await mkdir(checkout, { recursive: true });
  if (!(await readdir(checkout)).includes(".git"))
    await git("clone", "--quiet", `${remote}/${REPO}.git`, ".");
  await mkdir(dirname(join(checkout, file)), { recursive: true });
  await writeFile(join(checkout, file), content);
  await git("add", "--all");
  await git(
    "-c",
    "user.name=Mona",
    "-c",
    "user.email=mona@example.com",
    "commit",
    "--quiet",
    "-m",
    `Add ${file}`,
  );
  await git("push", "--quiet", "origin", "HEAD:main");
  return git("rev-parse", "HEAD");
}

let lease: Lease;

describe("the index of a repository", () => {
  it("is made with its first task, and told in the API", async () => {
    await vi.waitFor(
      async () => expect((await database.pool.query("SELECT FROM repositories")).rowCount).toBe(1),
      { timeout: 20_000 },
    );
    await browser.signIn(`${url}/auth/github`, HUMAN);
    const before = (await repositories()).map(({ name, index }) => [name, index.state, index.commit]);
    const issue = await person.openIssue(REPO, { title: "Retry-After is parsed wrongly" });

    await person.label(REPO, issue.number, "aicd");

    const ready = await indexOf(({ state }) => state === "ready");
    expect(before).toEqual([["widget", "none", null]]);
    expect(ready).toMatchObject({ commit: expect.stringMatching(/^[0-9a-f]{40}$/), failure: null });
    expect(ready.files).toBeGreaterThanOrEqual(3);
  });

  it("answers the runner of that repository's task", async () => {
    const run = await dispatched(world, 0);
    const { leaseToken, epoch } = await client.lease(() => tokenFor(world, run), run);
    lease = { token: leaseToken, epoch };

    const found = await client.search(lease, { query: "the Retry-After header is parsed wrongly", limit: 3 });

    expect(found?.hits[0]).toMatchObject({ path: "src/retry.js", symbol: "parseRetryAfter", from: 1 });
  });

  it("answers nobody without the lease, and no older holder of it", async () => {
    const question = { query: "retry", limit: 3 };

    await expect(client.search({ ...lease, epoch: lease.epoch - 1 }, question)).rejects.toMatchObject({
      kind: "conflict",
    });
    await expect(client.search({ ...lease, token: "aicd_lease_wrong" }, question)).rejects.toMatchObject({
      kind: "unauthenticated",
    });
  });

  it("answers an organisation a few questions at once, and tells the others to come again", async () => {
    const asked = Array.from({ length: 30 }, () =>
      client.search(lease, { query: "retry ".repeat(500), limit: 3 }),
    );

    const settled = await Promise.allSettled(asked);

    const refused = settled.filter((each) => each.status === "rejected").map(({ reason }) => reason.kind);
    expect(new Set(refused)).toEqual(new Set(["limited"]));
    expect(refused.length).toBeLessThan(settled.length);
  });

  it("follows a push to the default branch, and no other", async () => {
    const commit = await push("src/jitter.js", "export function addJitter(delay) {\n  return delay;\n}\n");

    await indexOf((index) => index.state === "ready" && index.commit === commit);

    const found = await client.search(lease, { query: "jitter is added to the delay", limit: 1 });
    expect(found).toMatchObject({ commit, hits: [{ path: "src/jitter.js", symbol: "addJitter" }] });
  });

  it("is made again when a person asks, which the audit log says", async () => {
    const [widget] = await repositories();

    const answer = await write("POST", `repositories/${widget?.id}/index`);

    expect([answer.status, ((await answer.json()) as Index).state]).toEqual([202, "queued"]);
    await indexOf(({ state }) => state === "ready");
    const { rows } = await database.pool.query(
      "SELECT target FROM audit_log WHERE action = 'repository.index_requested'",
    );
    expect(rows).toEqual([{ target: widget?.id }]);
  });

  it("outlives a server that is killed in the middle of it", async () => {
    await database.pool.query(
      "UPDATE code_indexes SET state = 'queued', not_before = now() + interval '1 hour', commit_sha = NULL",
    );
    await server.kill();
    // As the killed one left it: at work, under a lease that nobody renews.
    await database.pool.query(
      "UPDATE code_indexes SET state = 'indexing', not_before = now(), lease_until = now() - interval '1 second', epoch = epoch + 1",
    );
    await server.start();

    const index = await indexOf(({ state }) => state === "ready");

    expect(index.commit).not.toBeNull();
  });

  it("says why it could not be made, and keeps answering from what it had", async () => {
    github.faults.set({ method: "POST", route: /access_tokens$/, status: 451 });
    const [widget] = await repositories();
    await write("POST", `repositories/${widget?.id}/index`);

    const failed = await indexOf(({ failure }) => failure !== null);

    expect(failed).toMatchObject({ state: "queued", failure: expect.stringContaining("GitHub") });
    expect(failed.commit).not.toBeNull();
    const found = await client.search(lease, { query: "jitter delay", limit: 1 });
    expect(found?.hits[0]?.path).toBe("src/jitter.js");
    github.faults.clear();
  });
});

describe("what was read of a repository", () => {
  const home = join(world.directory, "server");
  /** Of which repositories anything lies on the server's disk. */
  const kept = async () => {
    const found = new Set<string>();
    for (const part of ["mirrors", "index"]) {
      for (const entry of await readdir(join(home, part), { recursive: true })) {
        const id = /rep_[0-9a-z]{26}/.exec(entry)?.[0];
        if (id !== undefined) found.add(id);
      }
    }
    return [...found];
  };

  it("is in no log line", () => {
    expect(server.lines.filter((line) => JSON.stringify(line).includes(CANARY))).toEqual([]);
  });

  it("goes when the repository is switched off", async () => {
    const [widget] = await repositories();
    expect(await kept()).toEqual([widget?.id]);

    await write("PATCH", `repositories/${widget?.id}`, { enabled: false });

    await indexOf(({ state }) => state === "none");
    await vi.waitFor(
      async () => expect((await database.pool.query("SELECT FROM code_indexes")).rowCount).toBe(0),
      {
        timeout: 20_000,
      },
    );
    expect(await kept()).toEqual([]);
    expect(await client.search(lease, { query: "retry", limit: 1 })).toBeUndefined();
  });

  it("goes with the App, and the proof says so", async () => {
    const [widget] = await repositories();
    await write("PATCH", `repositories/${widget?.id}`, { enabled: true });
    await write("POST", `repositories/${widget?.id}/index`);
    await indexOf(({ state }) => state === "ready");
    const { rows: installed } = await database.pool.query("SELECT github_id FROM installations");
    await github.uninstallApp(Number(installed[0]?.github_id));
    await vi.waitFor(
      async () => expect((await database.pool.query("SELECT FROM erasures")).rowCount).toBe(1),
      {
        timeout: 20_000,
      },
    );

    await database.pool.query("UPDATE erasures SET due_at = now()");
    await server.stop();
    await server.start();

    const proof = await vi.waitUntil(
      async () => (await database.pool.query("SELECT proof FROM erasures")).rows[0]?.proof,
      { timeout: 20_000 },
    );
    const none = { repositories: 0, files: 0, passages: 0, vectors: 0, commits: 0, bytes: 0, mirrors: 0 };
    expect(proof.index.left).toEqual(none);
    expect(proof.index.deleted).toMatchObject({ repositories: 1 });
    expect(proof.index.deleted.passages).toBeGreaterThan(0);
    expect(proof.index.deleted.vectors).toBeGreaterThan(0);
    expect(await kept()).toEqual([]);
    expect(github.unexpected).toEqual([]);
  });
});
