import { createMint, type TenantId } from "@aicd/core";
import { type Database, putSettings, sumFleetHours, upsertInstallation } from "@aicd/db";
import { createApi } from "@aicd/hetzner";
import { type FakeServer, startFakeCloud, virtualClock } from "@aicd/hetzner/fake";
import type { Logger } from "@aicd/ops";
import { createCloud } from "../cloud.ts";
import { type FleetDeps, runFleet } from "../fleet.ts";
import { hearJob } from "../hear.ts";
import { reapFleet } from "../reap.ts";
import { createActions, type SimulatedJob } from "./actions.ts";
import { type Chance, createChance } from "./chance.ts";
import { createMortal, type Mortal } from "./mortal.ts";

const REAP_MS = 120_000;
const HOUR_MS = 3_600_000;
const LABEL = "aicd-fleet";
/** docs.github.com "Actions runner pricing": a Linux runner with two cores, dollars a started minute. */
const GITHUB_USD_PER_MINUTE = 0.006;

export type SimulationResult = {
  jobs: number;
  /** Asked for and never done. */
  lost: number;
  /** Servers there are when all is over, and nobody leases. */
  orphans: number;
  /** Servers on which more than one organisation's jobs ran, or another's than the one it was made for. */
  crossed: number;
  /** What the cloud asks for, and what the ledger says. */
  euros: number;
  ledgerEuros: number;
  eurosPerJob: number;
  servers: number;
  rebuilt: number;
  killed: number;
  /** Times GitHub ended a job because its machine was gone. */
  ended: number;
  oneServerPerJob: { euros: number; eurosPerJob: number };
  githubMinutes: { usd: number; usdPerJob: number };
  /** Virtual seconds from queued to taken, of jobs that were taken. */
  waitSeconds: { p50: number; p95: number };
  unexpected: readonly string[];
};

/**
 * A fleet on a fake cloud, with jobs that come over some hours of virtual time, everything that clouds and networks do
 * wrong, and a control plane that is killed again and again.
 */
export async function simulateFleet(given: {
  db: Database;
  log: Logger;
  jobs: number;
  tenants: number;
  seed: number;
  hours: number;
  /** Virtual time between two looks of the control plane. */
  roundMs: number;
}): Promise<SimulationResult> {
  const { db, log, roundMs } = given;
  const chance = createChance(given.seed);
  const clock = virtualClock(Date.UTC(2026, 2, 1));
  const ranOn = new Map<number, Set<number>>();
  const queuedAt = new Map<number, number>();
  const waits: number[] = [];
  const asked = { failed: 0 };
  const tenants = await plantTenants(db, given.tenants);
  const actions = createActions({
    clock,
    tell: async (job) => {
      // GitHub sends a lost one of a new job again; of the others the fleet asks by itself.
      if (job.status !== "queued" && chance.happens(0.05)) return;
      await hearJob({ db, mint, now: clock.now }, scopeOf(tenants, job.organization), heard(job));
    },
    failed: async (job) => {
      asked.failed += 1;
      await queue(job);
    },
    began: (job, machine) => {
      waits.push((clock.now() - (queuedAt.get(job.id) ?? 0)) / 1_000);
      ranOn.set(machine, (ranOn.get(machine) ?? new Set()).add(job.organization));
    },
  });
  async function queue(job: Pick<SimulatedJob, "organization" | "durationMs">): Promise<void> {
    const { organization, durationMs } = job;
    const { id } = await actions.queue({ organization, durationMs, label: LABEL });
    queuedAt.set(id, clock.now());
  }
  const cloud = await startFakeCloud({
    clock,
    quota: 60,
    boot({ id, userData, powerOff }) {
      const connection = actions.connect(userData, id);
      if (connection === undefined) return { stop() {} };
      void connection.over.then(powerOff);
      return { stop: () => connection.cut() };
    },
  });
  const mint = createMint({
    now: clock.now,
    random: (n) => Uint8Array.from({ length: n }, () => chance.between(0, 256)),
  });
  const time = { now: clock.now, sleep: async (ms: number) => clock.advance(ms) };
  const fleetName = "simulation";

  function process(): FleetDeps & { mortal: Mortal } {
    const mortal = createMortal();
    const api = createApi({ token: cloud.token, endpoint: cloud.url, time });
    const options = {
      locations: [],
      image: undefined,
      network: undefined,
      sshKeys: [],
      now: clock.now,
      proxy: new URL("http://10.0.0.2:3128"),
    };
    return {
      mortal,
      db: mortal.wrap(db),
      log,
      mint,
      now: clock.now,
      fleet: {
        name: fleetName,
        caps: { servers: 40, serversPerTenant: 4, microEurPerMonth: 1e9, microEurPerMonthPerTenant: 1e8 },
        maxLifeMs: 6 * HOUR_MS,
        cloud: mortal.wrap(createCloud({ api, fleet: fleetName, ...options })),
        runners: mortal.wrap(actions.runners),
        userData: (config) => config,
      },
    };
  }

  let killed = 0;
  let now = process();
  const arrivals = Array.from({ length: given.jobs }, () => chance.between(0, given.hours * HOUR_MS)).sort(
    (a, b) => a - b,
  );
  const begun = clock.now();
  for (const [index, at] of arrivals.entries()) {
    clock.after(at, () =>
      queue({ organization: 1 + (index % given.tenants), durationMs: durationOf(chance) }),
    );
  }
  const mostMs = (given.hours + 12) * HOUR_MS;
  // Then clouds are calm, or a job of ninety minutes, whose servers vanish as often, might be asked for without end.
  const calmMs = (given.hours + 6) * HOUR_MS;
  for (let passed = 0; passed < mostMs; passed += roundMs) {
    if (passed < calmMs) addFaults(cloud.faults, chance);
    else cloud.faults.clear();
    if (chance.happens(0.02)) now.mortal.dieAt(Math.ceil(chance.between(0, 12)), chance.happens(0.5));
    const work = async () => {
      await runFleet(now);
      // A round that fails is logged, and comes again.
      if (passed % REAP_MS === 0) await reapFleet(now).catch(() => undefined);
    };
    const alive = await Promise.race([work().then(() => true), now.mortal.died.then(() => false)]);
    if (!alive) {
      killed += 1;
      now = process();
    }
    await clock.advance(roundMs);
    if (clock.now() - begun > given.hours * HOUR_MS && isOver(actions.jobs()) && cloud.living().length === 0)
      break;
  }
  // The last servers' hours, and whatever came back.
  cloud.faults.clear();
  for (
    let rest = 0;
    rest < 3 * HOUR_MS && (rest < 2 * REAP_MS || cloud.living().length > 0);
    rest += REAP_MS
  ) {
    await reapFleet(now);
    await runFleet(now);
    await clock.advance(REAP_MS);
  }
  const result = await count();
  await cloud.close();
  return result;

  async function count(): Promise<SimulationResult> {
    const { microEur } = cloud.bought();
    const ledger = (await sumFleetHours(db.system, new Date(0))).reduce((sum, row) => sum + row.microEur, 0);
    const done = actions.jobs().filter(({ conclusion }) => conclusion === "success");
    const hourly = cheapest(cloud.servers());
    const alone = done.reduce((sum, job) => sum + Math.ceil((job.durationMs + 60_000) / HOUR_MS) * hourly, 0);
    const usd = done.reduce(
      (sum, job) => sum + Math.ceil(job.durationMs / 60_000) * GITHUB_USD_PER_MINUTE,
      0,
    );
    const sorted = waits.toSorted((a, b) => a - b);
    const { jobs } = given;
    return {
      jobs,
      lost: jobs - done.length,
      orphans: cloud.living().length,
      crossed: cloud.servers().filter((server) => isCrossed(server)).length,
      euros: microEur / 1e6,
      ledgerEuros: ledger / 1e6,
      eurosPerJob: microEur / 1e6 / jobs,
      servers: cloud.servers().length,
      rebuilt: cloud.traffic.get("post /servers/{id}/actions/rebuild") ?? 0,
      killed,
      ended: asked.failed,
      oneServerPerJob: { euros: alone / 1e6, eurosPerJob: alone / 1e6 / jobs },
      githubMinutes: { usd, usdPerJob: usd / jobs },
      waitSeconds: { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) },
      unexpected: cloud.unexpected,
    };
  }

  function isCrossed({ id, labels }: FakeServer): boolean {
    const organizations = [...(ranOn.get(id) ?? [])];
    return organizations.some((organization) => tenants[organization - 1] !== labels["aicd-tenant"]);
  }
}

function scopeOf(tenants: readonly TenantId[], organization: number): { tenantId: TenantId } {
  const tenantId = tenants[organization - 1];
  if (tenantId === undefined) throw new Error(`there is no organization ${organization}`);
  return { tenantId };
}

async function plantTenants(db: Database, count: number): Promise<TenantId[]> {
  const mint = createMint({ now: Date.now, random: (n) => crypto.getRandomValues(new Uint8Array(n)) });
  const tenants: TenantId[] = [];
  for (let n = 1; n <= count; n += 1) {
    const account = { id: n, login: `org-${n}`, kind: "Organization" as const };
    const { tenantId } = await db.withSystem((tx) =>
      upsertInstallation(tx, mint, { githubId: n, account, state: "active" }),
    );
    await db.withTenant({ tenantId }, (tx) => putSettings(tx, { execution: "fleet" } as never));
    tenants.push(tenantId);
  }
  return tenants;
}

function heard(job: SimulatedJob) {
  const { organization, id, status, runnerName } = job;
  const repository = {
    installationId: organization,
    repositoryId: organization,
    owner: `org-${organization}`,
    name: "widget",
  };
  return { repository, jobId: id, runId: id, labels: ["self-hosted", job.label], status, runnerName };
}

/** Most jobs are short; some outlast their hour. */
function durationOf(chance: Chance): number {
  return chance.happens(0.05) ? chance.between(40, 90) * 60_000 : chance.between(2, 20) * 60_000;
}

function addFaults(
  {
    add,
  }: { add: (fault: Parameters<Awaited<ReturnType<typeof startFakeCloud>>["faults"]["add"]>[0]) => void },
  chance: Chance,
): void {
  if (chance.happens(0.01)) add({ kind: "capacity", times: Math.ceil(chance.between(0, 4)) });
  if (chance.happens(0.01)) add({ kind: "slow-create", ms: chance.between(60_000, 400_000) });
  if (chance.happens(0.01)) add({ kind: "lost-answer", method: chance.happens(0.6) ? "post" : "delete" });
  if (chance.happens(0.01)) add({ kind: "rate-limited", times: 2 });
  if (chance.happens(0.01)) add({ kind: "unavailable", times: Math.ceil(chance.between(0, 5)) });
  if (chance.happens(0.004)) add({ kind: "never-boots" });
  if (chance.happens(0.004)) add({ kind: "vanishes", afterMs: chance.between(10_000, 900_000) });
  if (chance.happens(0.004)) add({ kind: "comes-back" });
}

function isOver(jobs: readonly SimulatedJob[]): boolean {
  return jobs.every(({ status }) => status === "completed");
}

/** With its address, in millionths of a euro. */
function cheapest(servers: readonly FakeServer[]): number {
  return Math.min(...servers.map(({ type }) => Math.round((Number(type.hourly) + 0.0008) * 1e6)));
}

function quantile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
