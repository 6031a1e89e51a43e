import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { chooseAccount } from "./account.ts";
import { locateBinaries } from "./binaries.ts";
import { ensureCluster, SUPERUSER } from "./cluster.ts";
import { claimServer, whileLocked } from "./owners.ts";
import {
  findPostmaster,
  launchPostmaster,
  PostgresStartError,
  type Postmaster,
  signal,
  stopPostmaster,
} from "./postmaster.ts";

const DATABASE = "aicd";
const LAUNCHES = 20;
const RELAUNCH_MS = 500;
const POLL_MS = 20;

export interface EmbeddedPostgres {
  /** Superuser on 127.0.0.1; contains the password, so it is a secret. */
  readonly connectionString: string;
  /** Stops the server unless another live process uses it too. Idempotent. */
  stop(): Promise<void>;
}

/**
 * A real Postgres on `directory`, made on first use and kept. A server that outlived a killed process is
 * reused; several processes may share one directory, the last to stop turns it off.
 * @param input.port used when free, else (and by default) the port of last time or any free one
 * @param input.disposable true trades durability for speed: for tests only
 */
export async function startEmbeddedPostgres(input: {
  directory: string;
  port?: number;
  disposable?: boolean;
}): Promise<EmbeddedPostgres> {
  await mkdir(input.directory, { recursive: true, mode: 0o755 });
  const directory = await realpath(input.directory);
  const data = join(directory, "data");
  const { initdb, postgres } = await locateBinaries();
  const account = await chooseAccount([postgres, data]);
  const { server, password, claim } = await whileLocked(directory, async () => {
    const password = await ensureCluster(directory, initdb, account);
    const settings = { ...TUNING, ...(input.disposable ? DISPOSABLE : {}) };
    const launch = (port: number) =>
      launchPostmaster({ postgres, data, log: join(directory, "postgres.log"), port, settings, account });
    const server = (await reuse(data)) ?? (await launchPatiently(launch, directory, input.port));
    await ensureDatabase(connect(server.port, password, "postgres"));
    return { server, password, claim: await claimServer(directory) };
  });

  const abandon = () => {
    if (claim.release()) signal(server.pid, "SIGINT");
  };
  process.once("exit", abandon);
  let stopped: Promise<void> | undefined;
  async function stop(): Promise<void> {
    process.removeListener("exit", abandon);
    await whileLocked(directory, async () => {
      if (claim.release()) await stopPostmaster(data, server.pid);
    });
  }

  return {
    connectionString: connect(server.port, password, DATABASE),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

const MEGABYTE = 1024 * 1024;

/** A tenth of the memory, within 32-256 MB: the rest belongs to whoever else lives on the machine. */
const sharedBuffersMb = Math.round(Math.min(256, Math.max(32, totalmem() / MEGABYTE / 10)));

const TUNING = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: `${sharedBuffersMb}MB`,
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  wal_compression: "on",
  // Fewer checkpoints mean fewer whole pages in the log; recovery stays within seconds.
  max_wal_size: "2GB",
  checkpoint_timeout: "15min",
  // Short statements only: compiling them costs more than it gives.
  jit: "off",
  random_page_cost: "1.1",
  log_min_messages: "warning",
  log_line_prefix: "%m [%p] ",
  // A statement may carry a secret; the log keeps the error and never the parameters.
  log_min_error_statement: "panic",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  timezone: "UTC",
} satisfies Record<string, string>;

const DISPOSABLE = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
} satisfies Record<string, string>;

async function reuse(data: string): Promise<Postmaster | undefined> {
  for (;;) {
    const running = await findPostmaster(data);
    if (!running || running.ready) return running;
    await sleep(POLL_MS); // starting or stopping: either ends by itself
  }
}

async function launchPatiently(
  launch: (port: number) => Promise<Postmaster>,
  directory: string,
  wanted: number | undefined,
): Promise<Postmaster> {
  for (let tries = 1; ; tries++) {
    const port = await choosePort(wanted ?? (await lastPort(directory)));
    try {
      const server = await launch(port);
      await writeFile(join(directory, "port"), `${port}`);
      return server;
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
