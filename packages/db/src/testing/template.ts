import { createHash, randomBytes } from "node:crypto";
import pg from "pg";
import { loginPattern } from "../logins.ts";
import { migrate, readMigrations } from "../migrate.ts";
import { createPool } from "../pool.ts";

const LOCK = 7_221_002;
/** Left behind by a killed run; no test file takes that long. */
const STALE_MS = 60 * 60_000;

/** Database with all migrations applied, named after their content; made once per server, then only cloned. */
export async function ensureTemplate(server: string): Promise<string> {
  const checksums = (await readMigrations()).map(({ checksum }) => checksum);
  const name = `aicd_template_${createHash("sha256").update(checksums.join()).digest("hex").slice(0, 12)}`;
  await withAdmin(server, async (admin) => {
    await admin.query("select pg_advisory_lock($1)", [LOCK]);
    const { rowCount } = await admin.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount === 0) await buildTemplate(server, admin, name);
    await sweep(admin);
  });
  return name;
}

/** Clones the template; copying its files takes a fifth of the time of the default. @returns the new name */
export async function cloneTemplate(server: string, template: string): Promise<string> {
  const name = `aicd_test_${Date.now().toString(36)}_${randomBytes(4).toString("hex")}`;
  await withAdmin(server, (admin) =>
    admin.query(`create database ${name} template ${template} strategy file_copy`),
  );
  return name;
}

export async function dropDatabase(server: string, name: string): Promise<void> {
  await withAdmin(server, (admin) => dropWithLogins(admin, name));
}

/** The logins that a server made for a database are the cluster's, and would stay. */
async function dropWithLogins(admin: pg.Client, name: string): Promise<void> {
  await admin.query(`drop database if exists ${name} with (force)`);
  const { rows } = await admin.query<{ rolname: string }>("select rolname from pg_roles where rolname ~ $1", [
    loginPattern(name),
  ]);
  for (const { rolname } of rows) await admin.query(`drop role if exists ${rolname}`);
}

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function buildTemplate(server: string, admin: pg.Client, name: string): Promise<void> {
  // Built under another name: a run killed half way must not leave half a template.
  const draft = `${name}_draft`;
  await admin.query(`drop database if exists ${draft} with (force)`);
  await admin.query(`create database ${draft}`);
  const pool = createPool({
    connectionString: databaseUrl(server, draft),
    applicationName: "aicd-template",
    onError: () => {}, // the query that fails reports it
  });
  await migrate(pool).finally(() => pool.end());
  await admin.query(`alter database ${draft} rename to ${name}`);
}

async function sweep(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database d where datname like 'aicd\\_test\\_%'
       and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
  );
  for (const { datname } of rows) {
    const born = Number.parseInt(datname.split("_")[2] ?? "", 36);
    if (Date.now() - born > STALE_MS) await dropWithLogins(admin, datname);
  }
}

async function withAdmin<T>(server: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
