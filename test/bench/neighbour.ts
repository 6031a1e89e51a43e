/**
 * `npm run bench:neighbour`: what an organisation notices of another one that asks for ten times its share.
 * Both go on at their own pace, whatever the answers take; the quiet one alone, beside the loud one, alone again.
 */
import { fork } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, startEmbeddedPostgres } from "@aicd/db";
import { freePort } from "../world/port.ts";
import { idOf, loadKeys, loadTenants } from "./api/load.ts";
import { one, type Sample } from "./api/requests.ts";
import { quantile } from "./server.ts";

const PER_MINUTE = 600;
/** An organisation may send five times what one key may. */
const SHARE_PER_S = (PER_MINUTE * 5) / 60;
const LOUD_PER_S = SHARE_PER_S * 10;
const QUIET_PER_S = 9;
const SECONDS = 20;
const GOAL = 1.2;

const directory = await mkdtemp(join(tmpdir(), "aicd-bench-neighbour-"));
const postgres = await startEmbeddedPostgres({ directory: join(directory, "postgres") });
const encryptionKey = randomBytes(32).toString("base64");
const url = `http://127.0.0.1:${await freePort()}`;
const server = fork(join(import.meta.dirname, "api/server.ts"), [], {
  env: {
    PATH: process.env.PATH,
    AICD_DIRECTORY: directory,
    AICD_ROLE: "web",
    DATABASE_URL: postgres.connectionString,
    PORT: new URL(url).port,
    PUBLIC_URL: url,
    APP_ID: "1",
    PRIVATE_KEY: generateKeyPairSync("rsa", { modulusLength: 2048 })
      .privateKey.export({ type: "pkcs1", format: "pem" })
      .toString(),
    WEBHOOK_SECRET: "bench",
    ENCRYPTION_KEY: encryptionKey,
    API_REQUESTS_PER_MINUTE: String(PER_MINUTE),
    GITHUB_API_URL: "http://edge",
    GITHUB_SERVER_URL: "http://edge",
  },
});
await once(server, "message");
const pool = createPool({
  connectionString: postgres.connectionString,
  applicationName: "bench",
  onError() {},
});
await loadTenants(pool, 0, 10);
const [quiet = "", loud = ""] = await loadKeys(pool, encryptionKey, 10);

await paced(QUIET_PER_S, 3, 0, quiet);
const alone = await paced(QUIET_PER_S, SECONDS, 0, quiet);
const [beside, noise] = await Promise.all([
  paced(QUIET_PER_S, SECONDS, 0, quiet),
  paced(LOUD_PER_S, SECONDS, 1, loud),
]);
const again = await paced(QUIET_PER_S, SECONDS, 0, quiet);

server.disconnect();
await once(server, "exit");
await pool.end();
await postgres.stop();
await rm(directory, { recursive: true, force: true });

const rows = {
  "quiet, alone": figures(alone),
  "quiet, beside the loud one": figures(beside),
  "quiet, alone again": figures(again),
  [`loud, ${LOUD_PER_S}/s`]: figures(noise),
};
console.table(rows);
const p50 = (name: keyof typeof rows) => rows[name]?.["p50 ms"] ?? Number.NaN;
const slower = beside.length === 0 ? Number.NaN : p50("quiet, beside the loud one") / p50("quiet, alone");
console.log(`The quiet one's median is ${slower.toFixed(2)} × what it is alone (goal: ≤ ${GOAL})`);
if (process.argv.includes("--json")) console.log(JSON.stringify({ rows, slower }));
const refused = [...alone, ...beside, ...again].filter(({ status }) => status !== 200).length;
if (refused > 0) console.error(`${refused} requests of the quiet one were refused`);
process.exitCode = refused > 0 || !(slower <= GOAL) ? 1 : 0;

/** Sends at its own pace for so long; who is slow is asked the next thing all the same. */
async function paced(perSecond: number, seconds: number, tenant: number, token: string): Promise<Sample[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const path = `/v1/organizations/${idOf("ten", tenant)}/tasks`;
  const begun = performance.now();
  const sent: Promise<Sample>[] = [];
  while (performance.now() - begun < seconds * 1_000) {
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond);
    while (sent.length < due) sent.push(one(url, agent, { path, token }));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const samples = await Promise.all(sent);
  agent.destroy();
  return samples;
}

function figures(samples: Sample[]): Record<string, number> {
  const ms = samples.map((sample) => sample.ms);
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    requests: samples.length,
    answered: samples.filter(({ status }) => status === 200).length,
    "429": samples.filter(({ status }) => status === 429).length,
    "p50 ms": round(quantile(ms, 0.5)),
    "p95 ms": round(quantile(ms, 0.95)),
  };
}
