import { createHash } from "node:crypto";
import pg from "pg";
import { APP_ROLE, ERASER_ROLE, SYSTEM_ROLE, VIEWER_ROLE } from "./database.ts";
import { scramVerifier } from "./scram.ts";

/** The role that works the queue's schema and sees no table of ours. */
const QUEUE_ROLE = "aicd_queue";

/** What the sessions of each pool may act as; the first is what they begin as, and nothing else is open to them. */
const ROLES = {
  app: [APP_ROLE, VIEWER_ROLE],
  system: [SYSTEM_ROLE, ERASER_ROLE],
  queue: [QUEUE_ROLE],
} as const;

type LoginName = keyof typeof ROLES;
/** Whom a pool connects as, and the role its sessions take. The string holds a password. */
export type Login = { connectionString: string; role: string | undefined };

/** Derives passwords; `name` tells keys apart. */
export type LoginKey = { name: string; derive(purpose: string): Buffer };

export type Logins =
  | { kind: "own"; logins: Record<LoginName, Login> }
  /** The given login serves all pools; who takes over a session gets all that it may. `why` is for people. */
  | { kind: "shared"; why: string; logins: Record<LoginName, Login> };

const NAMES = Object.keys(ROLES) as LoginName[];
/** Servers that start together make them once. */
const LOCK = 7_221_003;

/**
 * A login for each pool of this database, member of that pool's roles and of nothing else: `SET ROLE NONE` leads to
 * somebody who may do nothing. Made by `owner`, which takes CREATEROLE; where they are there, any login will do.
 * @param owner the connection string of whoever migrates
 */
export async function openLogins(owner: string, key: LoginKey): Promise<Logins> {
  const logins = await loginsOf(owner, key);
  if ((await flawOf(logins)) === undefined) return { kind: "own", logins };
  const why = await makeLogins(owner, logins).then(
    () => flawOf(logins),
    (error: Error) => error.message,
  );
  if (why === undefined) return { kind: "own", logins };
  const shared = (name: LoginName) => ({
    connectionString: owner,
    role: name === "queue" ? undefined : ROLES[name][0],
  });
  return { kind: "shared", why, logins: fromNames(shared) };
}

/** Takes away the logins of this database whose keys are not in use any more. */
export async function retireLogins(owner: string, keys: readonly LoginKey[]): Promise<void> {
  await connected(owner, async (client) => {
    const { rows } = await client.query<{ database: string }>("SELECT current_database() AS database");
    const kept = keys.flatMap((key) => NAMES.map((name) => loginName(name, rows[0]?.database ?? "", key)));
    const { rows: stale } = await client.query<{ rolname: string }>(
      "SELECT rolname FROM pg_roles WHERE rolname ~ $1 AND NOT rolname = ANY ($2)",
      [loginPattern(rows[0]?.database ?? ""), kept],
    );
    for (const { rolname } of stale)
      await client.query(`DROP ROLE IF EXISTS ${pg.escapeIdentifier(rolname)}`);
  });
}

async function loginsOf(owner: string, key: LoginKey): Promise<Record<LoginName, Login>> {
  const database = await connected(owner, async (client) => {
    const { rows } = await client.query<{ database: string }>("SELECT current_database() AS database");
    return rows[0]?.database ?? "";
  });
  return fromNames((name) => {
    const url = new URL(owner);
    url.username = loginName(name, database, key);
    url.password = key.derive(`database-login:${database}:${name}`).toString("base64url");
    return { connectionString: url.href, role: ROLES[name][0] };
  });
}

/** A regular expression that the names of a database's logins match, whatever their keys. */
export function loginPattern(database: string): string {
  return `^aicd_login_[a-z]+_${hashOf(database)}_`;
}

/** Roles belong to the server, so the name says which database it is for. */
function loginName(name: LoginName, database: string, key: LoginKey): string {
  return `aicd_login_${name}_${hashOf(database)}_${key.name}`;
}

function hashOf(database: string): string {
  return createHash("sha256").update(database).digest("hex").slice(0, 8);
}

function fromNames(of: (name: LoginName) => Login): Record<LoginName, Login> {
  return { app: of("app"), system: of("system"), queue: of("queue") };
}

/** Tries each; undefined: they are as they should be. */
async function flawOf(logins: Record<LoginName, Login>): Promise<string | undefined> {
  for (const name of NAMES) {
    const flaw = await flawOfOne(logins[name], [...ROLES[name]].sort()).catch(
      (error: Error) => error.message,
    );
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

async function flawOfOne(login: Login, expected: string[]): Promise<string | undefined> {
  return connected(login.connectionString, async (client) => {
    const { rows } = await client.query<{ name: string; strong: boolean; roles: string[] }>(
      `SELECT r.rolname AS name, r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls AS strong,
         (SELECT coalesce(array_agg(g.rolname::text ORDER BY g.rolname::text COLLATE "C"), '{}') FROM pg_auth_members m
          JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid) AS roles
       FROM pg_roles r WHERE r.rolname = session_user`,
    );
    const [one] = rows;
    if (one === undefined || one.strong || one.roles.join() !== expected.join()) {
      return `The login ${one?.name} may do more, or less, than its pool needs.`;
    }
    await client.query(`SET ROLE ${login.role}`);
    return login.role === QUEUE_ROLE ? closedTable(client) : undefined;
  });
}

/** The queue's schema may be younger than its login. */
async function closedTable(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'bullmq' AND c.relkind IN ('r', 'p') AND NOT has_table_privilege(c.oid, 'INSERT') LIMIT 1`,
  );
  return rows[0] === undefined ? undefined : `The queue's login may not use its table ${rows[0].name}.`;
}

async function makeLogins(owner: string, logins: Record<LoginName, Login>): Promise<void> {
  await connected(owner, async (client) => {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    await client.query(`DO $$ BEGIN CREATE ROLE ${QUEUE_ROLE} NOLOGIN;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
    for (const name of NAMES) await makeLogin(client, logins[name], ROLES[name]);
    await giveQueue(client);
    await client.query("COMMIT");
  });
}

async function makeLogin(client: pg.Client, login: Login, roles: readonly string[]): Promise<void> {
  const { username, password } = new URL(login.connectionString);
  const name = pg.escapeIdentifier(username);
  const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [username]);
  const verb = rowCount === 0 ? "CREATE" : "ALTER";
  await client.query(
    `${verb} ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION
       PASSWORD ${pg.escapeLiteral(scramVerifier(decodeURIComponent(password)))}`,
  );
  const { rows: more } = await client.query<{ role: string }>(
    `SELECT DISTINCT g.rolname AS role FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid
     JOIN pg_roles m ON m.oid = a.member WHERE m.rolname = $1 AND NOT g.rolname = ANY ($2)`,
    [username, roles],
  );
  for (const { role } of more) await client.query(`REVOKE ${pg.escapeIdentifier(role)} FROM ${name}`);
  for (const role of roles) await client.query(`GRANT ${role} TO ${name} WITH INHERIT FALSE, SET TRUE`);
  const { rows } = await client.query<{ open: boolean; database: string }>(
    "SELECT has_database_privilege($1, current_database(), 'CONNECT') AS open, current_database() AS database",
    [username],
  );
  if (rows[0]?.open === true) return;
  await client.query(`GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(rows[0]?.database ?? "")} TO ${name}`);
}

/** The queue's own schema, which the owner has made: its role works in it, and makes what is made at work. */
async function giveQueue(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean; member: boolean }>(
    `SELECT to_regnamespace('bullmq') IS NOT NULL AS there,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS member`,
  );
  if (rows[0]?.there !== true) return;
  if (!rows[0].member) await client.query(`GRANT ${QUEUE_ROLE} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE`);
  await client.query(`GRANT USAGE, CREATE ON SCHEMA bullmq TO ${QUEUE_ROLE}`);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${QUEUE_ROLE}`);
  await client.query(`GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA bullmq TO ${QUEUE_ROLE}`);
  // Made and dropped by the queue itself, one for each name of a queue.
  const { rows: counters } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'bullmq' AND c.relkind = 'S' AND c.relname LIKE 'bullmq\\_jid\\_%'
       AND c.relowner <> '${QUEUE_ROLE}'::regrole`,
  );
  for (const { name } of counters) await client.query(`ALTER SEQUENCE ${name} OWNER TO ${QUEUE_ROLE}`);
}

async function connected<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString,
    application_name: "aicd-logins",
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
  });
  client.on("error", () => {}); // the statement that fails reports it
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
