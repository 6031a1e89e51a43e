import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { MockAgent } from "@aicd/agents";
import { type ChangeSet, changeSetDigest, type FileChange } from "@aicd/core";
import type { Lease } from "@aicd/protocol";
import { describe, expect, it } from "vitest";
import { clientOf, type Dispatched, dispatched, planHash, playRunner, tokenFor } from "../world/runner.ts";
import { createWorld, REPO } from "../world/world.ts";

const world = await createWorld({});
const { github, person } = world;
const client = clientOf(world);

/** A task whose coding attempt waits for a runner. */
const issue = await person.openIssue(REPO, { title: "Make the widget two" });
await person.label(REPO, issue.number, "aicd");
await playRunner(world, await dispatched(world, 0), new MockAgent());
await person.comment(REPO, issue.number, `/aicd approve ${await planHash(world)}`);
const run: Dispatched = await dispatched(world, 1);

/** Ids of the webhooks this file sent itself: GitHub's own may arrive at any moment. */
const sent: string[] = [];

async function counts(): Promise<Record<string, number>> {
  const tables = ["change_sets", "oidc_tokens", "events", "plans", "verdicts"];
  const entries = tables.map(async (table) => {
    const { rows } = await world.database.pool.query(`SELECT count(*)::int AS n FROM ${table}`);
    return [table, rows[0].n] as const;
  });
  const { rows } = await world.database.pool.query(
    "SELECT count(*)::int AS n FROM webhook_deliveries WHERE id = ANY($1)",
    [sent],
  );
  return { ...Object.fromEntries(await Promise.all(entries)), webhook_deliveries: rows[0].n };
}

async function expectNothingWritten(attempt: () => Promise<void>): Promise<void> {
  const before = await counts();
  await attempt();
  expect(await counts()).toEqual(before);
}

function webhook(body: Buffer | string, headers: Record<string, string> = {}): Promise<Response> {
  const id = headers["x-github-delivery"] ?? randomUUID();
  sent.push(id);
  const signature = createHmac("sha256", world.app.webhookSecret).update(body).digest("hex");
  return fetch(`${world.url}/api/github/webhooks`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "issues",
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${signature}`,
      ...headers,
    },
    body,
  });
}

describe("the webhook door", () => {
  it.each([
    ["a wrong signature", { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }],
    ["a signature of the wrong length", { "x-hub-signature-256": "sha256=00" }],
    ["sha1 only", { "x-hub-signature-256": "", "x-hub-signature": `sha1=${"0".repeat(40)}` }],
  ])("refuses %s with 401", async (_what, headers) => {
    await expectNothingWritten(async () => {
      expect((await webhook("{}", headers)).status).toBe(401);
    });
  });

  it("refuses 30 MB with 413", async () => {
    await expectNothingWritten(async () => {
      expect((await webhook(Buffer.alloc(30 * 1024 * 1024, "a"))).status).toBe(413);
    });
  });

  it.each(["not json", "{", '{"a":1}}', "\u0000"])(
    "takes %j, which was signed, and buries it at once",
    async (body) => {
      const id = randomUUID();

      expect((await webhook(body, { "x-github-delivery": id })).status).toBe(202);

      const job = "SELECT tries, dead_at IS NOT NULL AS dead FROM outbox WHERE payload->>'deliveryId' = $1";
      await expect
        .poll(async () => (await world.database.pool.query(job, [id])).rows)
        .toEqual([{ tries: 1, dead: true }]);
    },
  );

  it("takes a replayed delivery with 202 and does nothing", async () => {
    const id = randomUUID();
    const body = JSON.stringify({ action: "labeled", issue: { number: 99 } });
    expect((await webhook(body, { "x-github-delivery": id })).status).toBe(202);

    await expectNothingWritten(async () => {
      expect((await webhook(body, { "x-github-delivery": id })).status).toBe(202);
    });
  });
});

describe("the lease", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const now = Math.floor(Date.now() / 1000);

  it.each<[string, Record<string, unknown>]>([
    ["another audience", { aud: "https://github.com/acme" }],
    ["an audience list", { aud: [world.url, "https://x"] }],
    ["another issuer", { iss: "https://evil.example" }],
    ["an expired token", { exp: now - 3_600, nbf: now - 7_200, iat: now - 7_200 }],
    ["a token of the future", { nbf: now + 3_600, iat: now + 3_600, exp: now + 7_200 }],
    ["another repository", { repository_id: "1" }],
    ["another owner", { repository_owner_id: "1" }],
    ["a pull request's run", { event_name: "pull_request" }],
    ["another branch", { ref: "refs/heads/evil" }],
    ["another workflow", { workflow_ref: `${REPO}/.github/workflows/evil.yml@refs/heads/main` }],
    ["another run", { run_id: "1" }],
    ["no run at all", { run_id: undefined }],
  ])("is refused to %s, and the reason is said", async (_what, change) => {
    const before = await counts();
    const token = await tokenFor(world, run, change);

    const refused = client.lease(token, { attemptId: run.attemptId, runKey: run.runKey });

    await expect(refused).rejects.toThrow(/refused|may not have|another runner's/);
    expect(await counts()).toEqual(before);
  });

  it("is refused to a token signed by somebody else", async () => {
    const claims = { iss: github.oidc.issuer, aud: world.url, jti: randomUUID() };
    const forged = [
      await github.oidc.sign(claims, { key: privateKey }),
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`,
    ];
    for (const token of forged) {
      await expect(client.lease(token, { attemptId: run.attemptId, runKey: run.runKey })).rejects.toThrow(
        /refused/,
      );
    }
  });

  it("is given once: a second runner is told that there is nothing to do", async () => {
    const token = await tokenFor(world, run);
    const grant = await client.lease(token, { attemptId: run.attemptId, runKey: run.runKey });
    const lease = { token: grant.leaseToken, epoch: grant.epoch };
    await client.events(lease, [{ seq: 0, event: { type: "note.made", text: "at work" } }]);

    const again = tokenFor(world, run).then((fresh) =>
      client.lease(fresh, { attemptId: run.attemptId, runKey: run.runKey }),
    );

    await expect(again).rejects.toMatchObject({ kind: "conflict" });
    await expect(client.lease(token, { attemptId: run.attemptId, runKey: run.runKey })).rejects.toThrow(
      /used before/,
    );
    await underLease(lease, grant.startSha);
  });
});

/** What a runner with a good lease may still not do. */
async function underLease(lease: Lease, baseSha: string): Promise<void> {
  const stale = { ...lease, epoch: lease.epoch + 1 };
  const upload = (files: FileChange[], over: Partial<ChangeSet> = {}) => {
    const changeSet: ChangeSet = { baseSha, files, title: "t", summary: "s", ...over };
    const evidence = { setup: [], before: [], after: [], sandbox: "process" };
    return { digest: changeSetDigest(changeSet), changeSet, evidence };
  };
  const file = (path: string, mode: "100644" | "120000" | "160000" = "100644"): FileChange => ({
    kind: "write",
    path,
    mode,
    baseMode: null,
    contentBase64: "eA==",
  });
  const before = await counts();

  for (const call of [
    () => client.heartbeat(stale),
    () => client.events(stale, [{ seq: 1, event: { type: "note.made", text: "x" } }]),
    () => client.changeSet(stale, upload([file("a")])),
    () => client.result(stale, { kind: "failed", reason: "no_changes", detail: "" }),
  ]) {
    await expect(call()).rejects.toMatchObject({ kind: "conflict" });
  }
  for (const bad of [
    file("../x"),
    file("a/../../x"),
    file("/etc/passwd"),
    file(".git/config"),
    file(".GIT/hooks/pre-commit"),
    file("link", "120000"),
    file("sub", "160000"),
    file(".gitattributes"),
  ]) {
    await expect(client.changeSet(lease, upload([file("fine.txt"), bad]))).rejects.toThrow(
      /refused by policy/,
    );
  }
  const wrongBase = client.changeSet(lease, upload([file("a")], { baseSha: "0".repeat(40) }));
  await expect(wrongBase).rejects.toThrow(/another commit/);
  const damaged = client.changeSet(lease, { ...upload([file("a")]), digest: "0".repeat(64) });
  await expect(damaged).rejects.toThrow(/damaged/);
  const gap = client.events(lease, [{ seq: 7, event: { type: "note.made", text: "x" } }]);
  await expect(gap).rejects.toThrow(/missing/);

  expect(await counts()).toEqual(before);
  expect(github.ledger.filter((entry) => entry.route.endsWith("/git/refs"))).toEqual([]);
}

describe("people without write access", () => {
  it("get a thumbs down and no work", async () => {
    const before = await counts();
    const reacted = github.next("write", (entry) => JSON.stringify(entry.body ?? "").includes('"-1"'));

    await github.as("stranger").comment(REPO, issue.number, "/aicd cancel");
    await reacted;

    expect((await counts()).events).toBe(before.events);
  });
});

describe("strangers", () => {
  const token = { authorization: `Bearer ${"x".repeat(43)}`, "content-type": "application/json" };
  const doors = ["/v1/models/anthropic/v1/messages", "/v1/runner/changeset", "/v1/runner/heartbeat"];

  it.runIf(existsSync("/proc/self/status"))(
    "cost no memory: their megabytes are not kept",
    async () => {
      const body = Buffer.alloc(10 * 1024 * 1024, " ");
      const knock = async () => {
        const calls = Array.from({ length: 50 }, () =>
          fetch(`${world.url}${doors[0]}`, { method: "POST", headers: token, body }).then(
            ({ status }) => status,
            // Cut while it still sent.
            () => 401,
          ),
        );
        return Promise.all(calls);
      };
      // What a first request of a kind loads is not what strangers cost.
      await knock();
      const before = await residentMiB(world.server.pid());

      const statuses = await knock();

      expect(statuses.filter((status) => status !== 401 && status !== 429)).toEqual([]);
      expect((await residentMiB(world.server.pid())) - before).toBeLessThan(20);
    },
    60_000,
  );

  it("who keep showing wrong tokens are told to come back later, at every door, and a right one is not", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 300; i++) {
      const door = doors[i % doors.length];
      statuses.push(
        (await fetch(`${world.url}${door}`, { method: "POST", headers: token, body: "{}" })).status,
      );
    }

    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(150);
    expect(statuses.at(-1)).toBe(429);
    const answer = await fetch(`${world.url}${doors[1]}`, { method: "POST", headers: token, body: "{}" });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
