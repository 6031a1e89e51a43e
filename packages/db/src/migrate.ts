import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type pg from "pg";

const FOLDER = fileURLToPath(new URL("../migrations/", import.meta.url));
const NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
const BREAKING = "-- breaking";

/** Any constant all processes agree on: one migrates, the others wait and find nothing to do. */
const LOCK = 7_221_001;
const LOCK_TRIES = 15;
const LOCK_NOT_AVAILABLE = "55P03";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** sha256 of the file with line ends made equal: a checkout on Windows is the same migration. */
  readonly checksum: string;
  /** Code of the release before cannot run once this is applied; its first line is `-- breaking`. */
  readonly breaking: boolean;
}

/**
 * Brings the schema up to date: every file of `migrations/` not yet applied, in order, each in a
 * transaction of its own. Safe to run from many processes at once. Applied files are append-only.
 * @returns names of the files applied now
 * @throws Error when an applied file was changed or removed, or a table stays locked for half a minute
 */
export async function migrate(
  pool: pg.Pool,
  options: { folder?: string; lockTimeoutMs?: number } = {},
): Promise<string[]> {
  const migrations = await readMigrations(options.folder ?? FOLDER);
  const client = await pool.connect();
  try {
    // A login that owns nothing may start the server when the owner has migrated before.
    if (await isCurrent(client, migrations)) return [];
    await client.query("set statement_timeout = 0");
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    await client.query(`create table if not exists schema_migrations (
      version int primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now())`);
    const pending = await findPending(client, migrations);
    for (const migration of pending) await applyPatiently(client, migration, options.lockTimeoutMs ?? 2_000);
    return pending.map(({ name }) => name);
  } finally {
    // The session goes with its settings and its lock, whatever state an error left it in.
    client.release(true);
  }
}

async function isCurrent(client: pg.PoolClient, migrations: Migration[]): Promise<boolean> {
  const { rows } = await client.query<{ made: boolean }>(
    "select to_regclass('schema_migrations') is not null as made",
  );
  return rows[0]?.made === true && (await findPending(client, migrations)).length === 0;
}

/** The migrations of a folder, sorted. @throws Error on a wrong name, a gap or a number used twice */
export async function readMigrations(folder: string = FOLDER): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const version = Number(NAME.exec(name)?.[1]);
      if (version !== index + 1) {
        throw new Error(`${name} should be number ${index + 1} and look like 0001_words_of_it.sql`);
      }
      const sql = (await readFile(`${folder}/${name}`, "utf8")).replaceAll("\r\n", "\n");
      const checksum = createHash("sha256").update(sql).digest("hex");
      return { version, name, sql, checksum, breaking: sql.startsWith(BREAKING) };
    }),
  );
}

async function findPending(client: pg.PoolClient, migrations: Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ version: number; name: string; checksum: string }>(
    "select version, name, checksum from schema_migrations order by version",
  );
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const applied of rows) {
    // A version we do not have was applied by a newer release: expand/contract keeps us able to run.
    const ours = known.get(applied.version);
    if (ours && ours.checksum !== applied.checksum) {
      throw new Error(
        `${ours.name} was changed after it was applied here. Restore it and put the change in a new migration.`,
      );
    }
  }
  const applied = new Set(rows.map(({ version }) => version));
  return migrations.filter(({ version }) => !applied.has(version));
}

/** Waiting for a busy table queues everybody behind us, so we step back and try again instead. */
async function applyPatiently(
  client: pg.PoolClient,
  migration: Migration,
  lockTimeoutMs: number,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await apply(client, migration, lockTimeoutMs);
      return;
    } catch (error) {
      const busy = (error as { code?: string }).code === LOCK_NOT_AVAILABLE;
      if (!busy || tries === LOCK_TRIES) {
        throw new Error(`Migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
      }
    }
  }
}

async function apply(client: pg.PoolClient, migration: Migration, lockTimeoutMs: number): Promise<void> {
  await client.query("begin");
  try {
    await client.query("select set_config('lock_timeout', $1, true)", [`${lockTimeoutMs}ms`]);
    await client.query(migration.sql);
    await client.query("insert into schema_migrations (version, name, checksum) values ($1, $2, $3)", [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}
