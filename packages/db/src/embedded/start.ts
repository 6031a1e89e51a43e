import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { ensureCluster, SUPERUSER } from "./cluster.ts";
import { chooseLayout } from "./layout.ts";
import { claimServer, whileLocked } from "./owners.ts";
import {
  findPostmaster,
  launchPostmaster,
  PostgresStartError,
  type Postmaster,
  signal,
  stopPostmaster,
} from "./postmaster.ts";
import { DISPOSABLE, TUNING } from "./settings.ts";

const DATABASE = "aicd";
const LAUNCHES = 20;
const RELAUNCH_MS = 500;
const POLL_MS = 20;
const WATCH_MS = 1_000;

export interface EmbeddedPostgres {
  /** Superuser on 127.0.0.1; contains the password, so it is a secret. */
  readonly connectionString: string;
  /** Stops the server unless another live process uses it too. Idempotent. */
  stop(): Promise<void>;
}

/**
 * A real Postgres on `directory`, made on first use and kept. A server that outlived a killed process is
 * reused; several processes may share one directory, the last to stop turns it off. A server that dies is
 * started again at the same address within a second or two. Where root's folders are closed to every account
 * that Postgres may run as, its data is beside them; `layout.ts` says where.
 * @param input.port used when free, else (and by default) the port of last time or any free one
 * @param input.disposable true trades durability for speed: for tests only
 * @param input.onDeath told when the server died, before it is started again
 * @throws AicdError in one line, when this machine lacks something
 */
export async function startEmbeddedPostgres(input: {
  directory: string;
  port?: number;
  disposable?: boolean;
  onDeath?: () => void;
}): Promise<EmbeddedPostgres> {
  const { directory, data, binaries, account } = await chooseLayout(input.directory);
  const { initdb, postgres } = binaries;
  const settings = { ...TUNING, ...(input.disposable ? DISPOSABLE : {}) };
  const launch = (port: number) =>
    launchPostmaster({ postgres, data, log: join(directory, "postgres.log"), port, settings, account });

  const started = await whileLocked(directory, async () => {
    const password = await ensureCluster(directory, initdb, account);
    const wanted = input.port ?? (await lastPort(directory));
    const server =
      (await reuse(data)) ?? (await launchPatiently(async () => launch(await choosePort(wanted))));
    await writeFile(join(directory, "port"), `${server.port}`);
    await ensureDatabase(connect(server.port, password, "postgres"));
    return { server, password, claim: await claimServer(directory) };
  });
  const { password, claim } = started;
  const { port } = started.server;
  let { server } = started;
  let stopped: Promise<void> | undefined;

  let reviving = false;
  async function revive(): Promise<void> {
    if (reviving || (await findPostmaster(data)) || stopped) return;
    reviving = true;
    try {
      input.onDeath?.();
      await whileLocked(directory, async () => {
        // Others know this address, so no other port will do.
        if (!stopped) server = (await reuse(data)) ?? (await launchPatiently(() => launch(port)));
      });
    } catch {
      // A full disk, for one. The next look tries again, until there is room.
    } finally {
      reviving = false;
    }
  }

  const watch = setInterval(() => void revive(), WATCH_MS).unref();
  const abandon = () => {
    if (claim.release()) signal(server.pid, "SIGINT");
  };
  process.once("exit", abandon);
  async function stop(): Promise<void> {
    clearInterval(watch);
    process.removeListener("exit", abandon);
    await whileLocked(directory, async () => {
      if (claim.release()) await stopPostmaster(data, server.pid);
    });
  }

  return {
    connectionString: connect(port, password, DATABASE),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function reuse(data: string): Promise<Postmaster | undefined> {
  for (;;) {
    const running = await findPostmaster(data);
    if (!running || running.ready) return running;
    await sleep(POLL_MS); // starting or stopping: either ends by itself
  }
}

async function launchPatiently(launch: () => Promise<Postmaster>): Promise<Postmaster> {
  for (let tries = 1; ; tries++) {
    try {
      return await launch();
    } catch (error) {
      // Orphans of a killed server hold its memory for a moment, and a port may be taken under our nose.
      const passing = error instanceof PostgresStartError && /shared memory|could not bind/i.test(error.log);
      if (!passing || tries === LAUNCHES) throw error;
      await sleep(RELAUNCH_MS);
    }
  }
}

async function lastPort(directory: string): Promise<number> {
  return Number(await readFile(join(directory, "port"), "utf8").catch(() => "0")) || 0;
}

async function choosePort(wanted: number): Promise<number> {
  return (await bindable(wanted)) ?? (await bindable(0)) ?? 0;
}

async function bindable(port: number): Promise<number | undefined> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(undefined));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : undefined));
    });
  });
}

function connect(port: number, password: string, database: string): string {
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

async function ensureDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
