/**
 * `npm run bench:neighbour`: what an organisation notices of another one that asks for ten times its share.
 * Both go on at their own pace, whatever the answers take; the quiet one alone, beside the loud one, alone again.
 */
import { Agent } from "node:http";
import { idOf, loadKeys, loadTenants } from "./api/load.ts";
import { one, type Sample } from "./api/requests.ts";
import { startStand } from "./api/stand.ts";
import { quantile } from "./server.ts";

const PER_MINUTE = 600;
/** An organisation may send five times what one key may. */
const SHARE_PER_S = (PER_MINUTE * 5) / 60;
const LOUD_PER_S = SHARE_PER_S * 10;
const QUIET_PER_S = 9;
const SECONDS = 20;
const GOAL = 1.2;

const stand = await startStand("neighbour", PER_MINUTE);
const { url, pool, encryptionKey } = stand;
await loadTenants(pool, 0, 10);
const [quiet = "", loud = ""] = await loadKeys(pool, encryptionKey, 10);

await paced(QUIET_PER_S, 3, 0, quiet);
const alone = await paced(QUIET_PER_S, SECONDS, 0, quiet);
const [beside, noise] = await Promise.all([
  paced(QUIET_PER_S, SECONDS, 0, quiet),
  paced(LOUD_PER_S, SECONDS, 1, loud),
]);
const again = await paced(QUIET_PER_S, SECONDS, 0, quiet);

await stand.stop();

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
