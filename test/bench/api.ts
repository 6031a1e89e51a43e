/**
 * `npm run bench:api`: the public API over HTTP on embedded Postgres, while the same server grows from 10
 * tenants to 1,000 with a million tasks; then 500 watchers; then how Postgres answers, under row-level security.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { explainQueries } from "./api/explain.ts";
import { idOf, loadKeys, loadMember, loadTenants, TASKS_PER_TENANT } from "./api/load.ts";
import { measure, type Sample, watch } from "./api/requests.ts";
import { startStand } from "./api/stand.ts";
import { quantile } from "./server.ts";

const STAGES = process.argv.includes("--small") ? [10, 50] : [10, 100, 1_000];
const TENANTS = STAGES.at(-1) ?? 0;
const REQUESTS = 1_500;
/** More would measure how long requests wait for the load generator: it shares the cores. */
const LANES = 2;
const WATCHERS = 500;
const ROUNDS = 10;
const GOAL_MS = 20;

const stand = await startStand("api", 1_000_000);
const { url, server, pool, connectionString, encryptionKey } = stand;

const stages: Record<string, Record<string, number>> = {};
const kinds: Record<string, Record<string, number>> = {};
let secrets: string[] = [];
let failures = 0;
let loadS = 0;
for (const [stage, tenants] of STAGES.entries()) {
  const begun = performance.now();
  await loadTenants(pool, STAGES[stage - 1] ?? 0, tenants);
  secrets = await reloadKeys(tenants);
  loadS += (performance.now() - begun) / 1_000;
  stages[`${tenants} tenants, ${(tenants * TASKS_PER_TENANT).toLocaleString("en")} tasks`] =
    await stageOf(tenants);
}
for (const [kind, path] of Object.entries(pathsOf())) kinds[kind] = await kindOf(path);
const member = await loadMember(pool);
for (const kind of ["list", "list of 100", "list by state", "detail", "events"]) {
  const path = pathsOf()[kind];
  if (path !== undefined) kinds[`${kind}, as a member`] = await kindOf(path, () => member);
}
const detection = await detect();
const stream = await streams();
const explained = await explainQueries(connectionString);
const memory = await usageOf(server);

await stand.stop();

console.log(
  `Loaded ${TENANTS} tenants and ${(TENANTS * TASKS_PER_TENANT).toLocaleString("en")} tasks in ${round(loadS)} s`,
);
console.log("List and detail, half and half, while the server grows");
console.table(stages);
console.log(`By kind of request, with ${TENANTS} tenants; ${LANES} at a time; goal: p95 ≤ ${GOAL_MS} ms`);
console.table(kinds);
console.log("What is there, what is another's and what is nowhere, mixed");
console.table(detection);
console.log(`${WATCHERS} watchers of streams: from commit to arrival`);
console.table({ streams: stream });
console.table(explained.map(({ query, nodes, ms }) => ({ query, ms: round(ms), scans: nodes.join(", ") })));
const sequential = explained.filter((entry) => entry.sequential.length > 0).map(({ query }) => query);
const costs = Object.values(stages).map((row) => row["server ms/request"] ?? 0);
const flat = round((costs.at(-1) ?? 0) / (costs[0] ?? 1));
const held = ["list", "detail", "list, as a member", "detail, as a member"];
const worstP95 = Math.max(...held.map((kind) => kinds[kind]?.["p95 ms"] ?? Number.NaN));
const result = {
  stages,
  kinds,
  detection,
  stream,
  flat,
  sequential,
  failures,
  loadSeconds: round(loadS),
  rssMb: round(memory.rssMb),
};
console.log(`Cost per request at ${TENANTS} tenants over that at ${STAGES[0]}: ${flat}`);
if (process.argv.includes("--json")) console.log(JSON.stringify(result));
if (sequential.length > 0) console.error(`read whole tables: ${sequential.join(", ")}`);
if (failures > 0) console.error(`${failures} requests were not answered as they should`);
process.exitCode = sequential.length > 0 || failures > 0 || worstP95 > GOAL_MS ? 1 : 0;

function pathsOf(): Record<string, (tenant: number, index: number) => string> {
  const base = (tenant: number) => `/v1/organizations/${idOf("ten", tenant)}`;
  // In repo-1 and repo-3, which everybody may see.
  const task = (tenant: number, index: number) => idOf("tsk", (1 + 50 * (index % 20)) * 1_000_000 + tenant);
  return {
    list: (tenant) => `${base(tenant)}/tasks`,
    "list of 100": (tenant) => `${base(tenant)}/tasks?limit=100`,
    "list by state": (tenant) => `${base(tenant)}/tasks?state=PR_OPEN`,
    "list by author": (tenant, index) => `${base(tenant)}/tasks?author=dev-${index % 20}`,
    "list by repository": (tenant) => `${base(tenant)}/tasks?repository=${idOf("rep", tenant * 4 + 1)}`,
    detail: (tenant, index) => `${base(tenant)}/tasks/${task(tenant, index)}`,
    events: (tenant, index) => `${base(tenant)}/tasks/${task(tenant, index)}/events`,
    "spend by day": (tenant) => `${base(tenant)}/usage/spend?by=day`,
  };
}

async function stageOf(tenants: number): Promise<Record<string, number>> {
  const { list, detail } = pathsOf();
  const next = (index: number) => {
    const tenant = (index * 7) % tenants;
    const path = (index % 2 === 0 ? list : detail)?.(tenant, index) ?? "";
    return { path, token: secrets[tenant] ?? "" };
  };
  // Each caller once: a key's first request in a minute also notes that it was used, however many others there are.
  await measure(url, { count: Math.max(300, tenants), lanes: LANES, next });
  const before = await usageOf(server);
  const begun = performance.now();
  const samples = await measure(url, { count: REQUESTS, lanes: LANES, next });
  const seconds = (performance.now() - begun) / 1_000;
  const after = await usageOf(server);
  return {
    ...figures(samples),
    "requests/s": Math.round(REQUESTS / seconds),
    "server ms/request": round((after.cpuMs - before.cpuMs) / REQUESTS),
  };
}

async function kindOf(
  path: (tenant: number, index: number) => string,
  tokenOf = (tenant: number) => secrets[tenant] ?? "",
): Promise<Record<string, number>> {
  const next = (index: number) => {
    const tenant = (index * 13) % TENANTS;
    return { path: path(tenant, index), token: tokenOf(tenant) };
  };
  return figures(await measure(url, { count: 800, lanes: LANES, next }));
}

/** In no order, so that neither what else the machine does nor what came before prefers one of them. */
async function detect(): Promise<Record<string, Record<string, number>>> {
  const { detail } = pathsOf();
  const base = (tenant: number) => `/v1/organizations/${idOf("ten", tenant)}`;
  const nowhere = (number: number) => 999_000_000_000 + number;
  const ways: Record<string, (tenant: number, index: number) => string> = {
    "own task": (tenant, index) => detail?.(tenant, index) ?? "",
    "task of another": (tenant, index) =>
      `${base(tenant)}${detail?.((tenant + 1) % TENANTS, index).slice(base(tenant).length) ?? ""}`,
    "task of nobody": (tenant, index) => `${base(tenant)}/tasks/${idOf("tsk", nowhere(index))}`,
    "organisation of another": (tenant, index) => detail?.((tenant + 1) % TENANTS, index) ?? "",
    "organisation of nobody": (tenant, index) =>
      `${base(nowhere(tenant))}/tasks/${idOf("tsk", nowhere(index))}`,
  };
  const names = Object.keys(ways);
  const samples = new Map(names.map((name) => [name, [] as Sample[]]));
  for (let index = 0; index < 600 * names.length; index++) {
    const name = names[Math.floor(Math.random() * names.length)] ?? "";
    const tenant = (index * 13) % TENANTS;
    const request = { path: ways[name]?.(tenant, index) ?? "", token: secrets[tenant] ?? "" };
    samples.get(name)?.push(...(await measure(url, { count: 1, lanes: 1, next: () => request })));
  }
  return Object.fromEntries(
    [...samples].map(([name, taken]) => [name, figures(taken, name === "own task" ? 200 : 404)]),
  );
}

function figures(samples: Sample[], wanted = 200): Record<string, number> {
  failures += samples.filter(({ status }) => status !== wanted).length;
  const ms = samples.map((sample) => sample.ms);
  return {
    "p50 ms": round(quantile(ms, 0.5)),
    "p95 ms": round(quantile(ms, 0.95)),
    "p99 ms": round(quantile(ms, 0.99)),
  };
}

/** Watchers of ten tasks in each of fifty tenants; each round one event for every watched task. */
async function streams(): Promise<Record<string, number>> {
  const tenants = Math.min(50, TENANTS);
  const perTenant = WATCHERS / tenants;
  const agent = new Agent({ maxSockets: WATCHERS });
  const latencies: number[] = [];
  const places = Array.from({ length: WATCHERS }, (_, index) => {
    const tenant = Math.floor(index / perTenant);
    // Every hundredth is open; the streams of those that ended end with them.
    return { tenant, task: idOf("tsk", (99 + 100 * (index % 10)) * 1_000_000 + tenant) };
  });
  const begun = performance.now();
  const stops = await Promise.all(
    places.map(({ tenant, task }) =>
      watch(url, agent, {
        path: `/v1/organizations/${idOf("ten", tenant)}/tasks/${task}/events/stream`,
        token: secrets[tenant] ?? "",
        heard: ({ body }) => {
          if (body.at !== undefined) latencies.push(performance.timeOrigin + performance.now() - body.at);
        },
      }),
    ),
  );
  const openedS = (performance.now() - begun) / 1_000;
  const topics = [...new Map(places.map((place) => [`${place.tenant} ${place.task}`, place])).values()];
  const idle = await cpuOver(2_000);
  for (let roundNumber = 0; roundNumber < ROUNDS; roundNumber++) {
    await say(topics, roundNumber);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const expected = WATCHERS * ROUNDS;
  for (let waited = 0; latencies.length < expected && waited < 50; waited++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (const stop of stops) stop();
  agent.destroy();
  if (latencies.length !== expected) failures += Math.abs(expected - latencies.length);
  return {
    delivered: latencies.length,
    expected,
    "p50 ms": round(quantile(latencies, 0.5)),
    "p95 ms": round(quantile(latencies, 0.95)),
    "max ms": round(Math.max(...latencies)),
    "opened in s": round(openedS),
    "idle CPU %": round(idle),
  };
}

async function say(topics: { tenant: number; task: string }[], roundNumber: number): Promise<void> {
  const at = performance.timeOrigin + performance.now();
  await pool.query(
    `INSERT INTO events (tenant_id, id, task_id, type, body)
     SELECT tenant_id, 'evt_9' || lpad(($3::int * 100000 + n)::text, 25, '0'), task_id, 'bench.said', jsonb_build_object('at', $4::float8)
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (tenant_id, task_id, n)`,
    [topics.map(({ tenant }) => idOf("ten", tenant)), topics.map(({ task }) => task), roundNumber, at],
  );
}

async function cpuOver(ms: number): Promise<number> {
  const before = await usageOf(server);
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ((await usageOf(server)).cpuMs - before.cpuMs) / ms / 0.01;
}

async function usageOf(child: ChildProcess): Promise<{ cpuMs: number; rssMb: number }> {
  child.send("usage");
  const [usage] = (await once(child, "message")) as [{ cpuMs: number; rssMb: number }];
  return usage;
}

async function reloadKeys(tenants: number): Promise<string[]> {
  await pool.query("DELETE FROM api_keys");
  return loadKeys(pool, encryptionKey, tenants);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
