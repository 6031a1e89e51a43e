/**
 * `npm run bench:fleet -- [--json] [--jobs 500] [--tenants 20] [--hours 8] [--seed 1]`: jobs of many organisations on
 * a fake cloud in virtual time, with a cloud that fails in every way it can and a control plane that is killed again
 * and again. Beside it, what one server for each job would have cost, and GitHub's minutes.
 */
import { parseArgs } from "node:util";
import { APP_ROLE, createDatabase, createPool, SYSTEM_ROLE } from "@aicd/db";
import { createLogger, createRedactor } from "@aicd/ops";
import { simulateFleet } from "../../control-plane/src/fleet/testing/simulation.ts";
import { startTestServer } from "../../packages/db/src/testing/server.ts";
import {
  cloneTemplate,
  databaseUrl,
  dropDatabase,
  ensureTemplate,
} from "../../packages/db/src/testing/template.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    jobs: { type: "string", default: "500" },
    tenants: { type: "string", default: "20" },
    hours: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
  },
});

const server = await startTestServer();
const name = await cloneTemplate(server.connectionString, await ensureTemplate(server.connectionString));
const connectionString = databaseUrl(server.connectionString, name);
const open = (role: string) =>
  createPool({ connectionString, applicationName: "bench", role, onError: () => {} });
const pools = { app: open(APP_ROLE), system: open(SYSTEM_ROLE) };
const begun = performance.now();
const result = await simulateFleet({
  db: createDatabase(pools),
  log: createLogger({ level: "silent", redactor: createRedactor() }),
  jobs: Number(values.jobs),
  tenants: Number(values.tenants),
  hours: Number(values.hours),
  seed: Number(values.seed),
  roundMs: 10_000,
});
const seconds = Math.round((performance.now() - begun) / 1_000);
await Promise.all([pools.app.end(), pools.system.end()]);
await dropDatabase(server.connectionString, name);
await server.stop();

const { unexpected, oneServerPerJob, githubMinutes, waitSeconds, ...figures } = result;
if (values.json) console.log(JSON.stringify({ ...result, seconds }));
else {
  console.table({
    ...figures,
    "wait p50 s": waitSeconds.p50,
    "wait p95 s": waitSeconds.p95,
    "real s": seconds,
  });
  console.log(
    `One server per job: ${oneServerPerJob.euros.toFixed(2)} €; GitHub's minutes: $${githubMinutes.usd.toFixed(2)}`,
  );
}
for (const line of unexpected) console.error(line);
const broken = result.lost + result.orphans + result.crossed + unexpected.length;
process.exitCode = broken > 0 || result.euros !== result.ledgerEuros ? 1 : 0;
