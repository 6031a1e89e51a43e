/**
 * `npm run bench:walk`: tasks per second through every state with MockAgent, on embedded Postgres and the
 * Postgres queue, with 10 and with 100,000 tasks stored. Webhooks and the runner protocol go over HTTP.
 * As many installations as tasks in flight: none comes to the end of its hour's writes to GitHub.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MockAgent } from "@aicd/agents";
import { type ChangeSet, changeSetDigest, DEFAULT_SETTINGS } from "@aicd/core";
import { createPool, startEmbeddedPostgres } from "@aicd/db";
import { createRunnerClient } from "@aicd/protocol";
import { exportJWK, SignJWT } from "jose";
import { freePort } from "../world/port.ts";
import { BASE, type Dispatch, placeOf } from "./walk/edge.ts";
import { watchMoves } from "./walk/moves.ts";
import { memoryScope } from "./walk/scope.ts";
import { seedTasks } from "./walk/seed.ts";

const IN_FLIGHT = 48;
const INSTALLATIONS = IN_FLIGHT;
const WARM_UP = 100;
const TASKS = 600;
const GOAL = 50;
const STALL_MS = 60_000;

const directory = await mkdtemp(join(tmpdir(), "aicd-bench-walk-"));
const postgres = await startEmbeddedPostgres({ directory: join(directory, "postgres") });
const pool = createPool({
  connectionString: postgres.connectionString,
  applicationName: "bench",
  onError() {},
  statementTimeoutMs: 300_000,
});
const issuer = await startIssuer();
const secret = randomUUID();
const url = `http://127.0.0.1:${await freePort()}`;
const server = fork(join(import.meta.dirname, "walk/server.ts"), [], {
  env: {
    PATH: process.env.PATH,
    AICD_DIRECTORY: directory,
    DATABASE_URL: postgres.connectionString,
    PORT: new URL(url).port,
    PUBLIC_URL: url,
    APP_ID: "1",
    PRIVATE_KEY: generateKeyPairSync("rsa", { modulusLength: 2048 })
      .privateKey.export({ type: "pkcs1", format: "pem" })
      .toString(),
    WEBHOOK_SECRET: secret,
    GITHUB_API_URL: "http://edge",
    GITHUB_SERVER_URL: "http://edge",
    ACTIONS_OIDC_ISSUER: issuer.url,
    GITHUB_WRITE_INTERVAL_MS: "0",
  },
});

type Message = { kind: "ready" } | ({ kind: "dispatch" } & Dispatch) | { kind: "problem"; text: string };

const client = createRunnerClient({ url });
const finished = new Map<number, () => void>();
let failures = 0;
server.on("message", (message: Message) => {
  if (message.kind === "dispatch") void play(message).catch(report);
  if (message.kind === "problem") report(message.text);
});
await once(server, "ready");
const moves = watchMoves(pool, ({ issue, pull, type }) => {
  if (type === "pull_request.opened") void merge(issue, pull);
  else finished.get(issue)?.();
});

let next = 1;
await walk(WARM_UP);
await seedTasks(pool, 10);
const few = await walk(TASKS);
await seedTasks(pool, 100_000);
const many = await walk(TASKS);

await moves.stop();
server.disconnect();
await new Promise((resolve) => server.once("exit", resolve));
issuer.close();
await pool.end();
await postgres.stop();
await rm(directory, { recursive: true, force: true });

const result = {
  tasksPerSecond: { at10: round(few), at100000: round(many) },
  flat: round(many / few),
  failures,
};
console.log(`Full walk QUEUED → … → MERGED, ${TASKS} tasks, ${IN_FLIGHT} in flight`);
console.table({
  "10 stored": { "tasks/s": round(few), goal: GOAL },
  "100,000 stored": { "tasks/s": round(many), goal: GOAL },
});
if (process.argv.includes("--json")) console.log(JSON.stringify(result));

async function walk(count: number): Promise<number> {
  const start = performance.now();
  const lanes = Array.from({ length: IN_FLIGHT }, async (_, lane) => {
    for (let at = lane; at < count; at += IN_FLIGHT) await one(next++);
  });
  await Promise.all(lanes);
  return count / ((performance.now() - start) / 1000);
}

async function one(issue: number): Promise<void> {
  const merged = new Promise<void>((resolve) => finished.set(issue, resolve));
  await webhook(issue, "issues", {
    action: "labeled",
    issue: { number: issue, state: "open" },
    label: { name: "aicd:auto" },
  });
  const stall = setTimeout(() => standStill(issue), STALL_MS);
  await merged;
  clearTimeout(stall);
  finished.delete(issue);
}

function standStill(issue: number): never {
  console.error(`Issue ${issue} was not merged within ${STALL_MS / 1_000} s; the walk is over.`);
  server.kill("SIGKILL");
  process.exit(1);
}

async function merge(issue: number, pull: number): Promise<void> {
  await webhook(issue, "pull_request", {
    action: "closed",
    pull_request: { number: pull, merged: true },
    issue: { number: issue },
  });
}

/** MockAgent's plan and change, over the runner protocol. */
async function play(run: Dispatch): Promise<void> {
  const agent = new MockAgent();
  const grant = await client.lease(await issuer.sign(url, run), run);
  const lease = { token: grant.leaseToken, epoch: grant.epoch };
  const task = { snapshot: grant.snapshot, settings: DEFAULT_SETTINGS, instructions: "" };
  const scope = memoryScope();
  const planned = await agent.plan(task, scope);
  if (planned.kind !== "planned") throw new Error("MockAgent did not plan");
  await client.events(lease, [{ seq: 0, event: { type: "phase.entered", phase: "planning" } }]);
  await client.plan(lease, planned.plan);
  const coded = await agent.code({ ...task, plan: planned.plan, findings: [], evidence: undefined }, scope);
  if (coded.kind !== "coded") throw new Error("MockAgent did not code");
  const changeSet: ChangeSet = {
    baseSha: grant.startSha,
    files: scope.files(),
    title: coded.title,
    summary: coded.summary,
  };
  const digest = changeSetDigest(changeSet);
  const evidence = { setup: [], before: [], after: [], sandbox: "process" };
  await client.changeSet(lease, { digest, changeSet, evidence });
  const verdict = { approved: true, summary: "Fine.", findings: [] };
  await client.result(lease, { kind: "approved", changeSetDigest: digest, verdict, receipts: [] });
}

async function webhook(issue: number, event: string, part: Record<string, unknown>): Promise<void> {
  const installation = 1 + (issue % INSTALLATIONS);
  const { owner, ownerId, repositoryId } = placeOf(installation);
  const body = JSON.stringify({
    ...part,
    installation: { id: installation },
    repository: {
      id: repositoryId,
      name: "widget",
      full_name: `${owner}/widget`,
      owner: { login: owner, id: ownerId },
    },
    sender: { login: "mona", id: 1, type: "User" },
  });
  const answer = await fetch(`${url}/api/github/webhooks`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
    body,
  });
  if (answer.status !== 202) report(`webhook answered ${answer.status}`);
}

function report(problem: unknown): void {
  failures++;
  if (failures < 5) console.error(problem);
}

function once(child: ChildProcess, kind: Message["kind"]): Promise<void> {
  return new Promise((resolve) => {
    child.on("message", (message: Message) => {
      if (message.kind === kind) resolve();
    });
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** An OIDC issuer over HTTP, as the control plane expects one. */
async function startIssuer() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(publicKey)), kid: "bench", alg: "RS256", use: "sig" };
  const http = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
  const port = await freePort();
  await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  const issuerUrl = `http://127.0.0.1:${port}`;
  return {
    url: issuerUrl,
    close: () => http.close(),
    sign: (audience: string, { installation, runId }: Dispatch) => {
      const { owner, ownerId, repositoryId } = placeOf(installation);
      return new SignJWT({
        repository_id: String(repositoryId),
        repository_owner_id: String(ownerId),
        event_name: "workflow_dispatch",
        ref: "refs/heads/main",
        workflow_ref: `${owner}/widget/.github/workflows/aicd.yml@refs/heads/main`,
        workflow_sha: BASE,
        run_id: String(runId),
        run_attempt: "1",
        runner_environment: "github-hosted",
      })
        .setProtectedHeader({ alg: "RS256", kid: "bench" })
        .setIssuer(issuerUrl)
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt()
        .setNotBefore("0s")
        .setExpirationTime("5m")
        .sign(privateKey);
    },
  };
}
