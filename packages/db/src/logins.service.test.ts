import { createHmac, randomBytes } from "node:crypto";
import { createMint } from "@aicd/core";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createDatabase } from "./database.ts";
import { type Login, type LoginKey, openLogins, retireLogins } from "./logins.ts";
import { createPool } from "./pool.ts";
import { createTestDatabase } from "./testing/database.ts";
import { plantTenant } from "./testing/plant.ts";

const test = await createTestDatabase();
const keyNamed = (name: string): LoginKey => ({
  name,
  derive: (purpose) => createHmac("sha256", name).update(purpose).digest(),
});
const KEY = keyNamed("a1b2c3d4e5f6");
const made = await openLogins(test.connectionString, KEY);
const POOLS = Object.entries(made.logins) as [string, Login][];
const owner = new URL(test.connectionString).username;
const open: pg.Client[] = [];

beforeAll(async () => {
  // The schema of the queue, as far as its rights go; BullMQ makes the real one in the control plane's tests.
  await test.pool.query(
    "CREATE SCHEMA bullmq; CREATE TABLE bullmq.job (id text); CREATE SEQUENCE bullmq.job_seq",
  );
  await openLogins(test.connectionString, KEY);
  const { logins } = made;
  const [app, system] = [logins.app, logins.system].map((login) => poolOf(login));
  const db = createDatabase({ app: app as pg.Pool, system: system as pg.Pool });
  const mint = createMint({ now: Date.now, random: randomBytes });
  await plantTenant(db, mint, 1);
});
afterAll(async () => {
  for (const client of open) await client.end();
  for (const pool of pools) await pool.end();
  await retireLogins(test.connectionString, []);
});

const pools: pg.Pool[] = [];
function poolOf({ connectionString, role }: Login): pg.Pool {
  const pool = createPool({
    connectionString,
    applicationName: "test",
    role: role ?? "",
    onError() {},
    max: 2,
  });
  pools.push(pool);
  return pool;
}

/** A session as the pool of that login has them. */
async function sessionOf({ connectionString, role }: Login): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, options: `-c role=${role}` });
  await client.connect();
  open.push(client);
  return client;
}

const asked = (client: pg.Client, text: string) =>
  client.query(text).then(
    ({ rows }) => rows,
    (error: Error) => error.message,
  );

describe.each(POOLS)("whoever takes over a session of the pool %s", (name, login) => {
  it.each(["SET ROLE NONE", "RESET ROLE", "RESET ALL", "DISCARD ALL"])("gains nothing by %s", async (way) => {
    const client = await sessionOf(login);
    await client.query(way);

    const others = name === "system" ? [] : await asked(client, "SELECT id FROM tasks");
    const [{ superuser, role }] = (await asked(
      client,
      "SELECT current_setting('is_superuser') AS superuser, current_user::text AS role",
    )) as [{ superuser: string; role: string }];

    expect(superuser).toBe("off");
    expect(role).toMatch(/^aicd_/);
    if (typeof others === "string") expect(others).toMatch(/permission denied/);
    else expect(others).toEqual([]);
  });

  it.each([
    `SET ROLE "${owner}"`,
    `SET SESSION AUTHORIZATION "${owner}"`,
    "CREATE TABLE public.mine (id int)",
    "CREATE SCHEMA mine",
    "ALTER TABLE tasks DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY",
    "DROP TABLE tasks",
    "CREATE ROLE mine",
    `GRANT aicd_system TO "${new URL(login.connectionString).username}"`,
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
    ...POOLS.filter(([other]) => other !== name).map(([, other]) => `SET ROLE ${other.role}`),
  ])("is refused %s, as its role and as its login", async (statement) => {
    for (const first of ["SELECT 1", "SET ROLE NONE"]) {
      const client = await sessionOf(login);
      await client.query(first);

      expect(await asked(client, statement)).toMatch(/permission denied|must be owner|does not exist/);
    }
  });
});

it("each is member of the roles of its pool and of nothing else", async () => {
  const { rows } = await test.pool.query(
    `SELECT split_part(m.rolname, '_', 3) AS pool, array_agg(g.rolname::text ORDER BY g.rolname) AS roles
     FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
     WHERE m.rolname LIKE 'aicd\\_login\\_%\\_${KEY.name}' AND NOT m.rolsuper GROUP BY m.rolname ORDER BY 1`,
  );

  expect(made.kind).toBe("own");
  expect(rows).toEqual([
    { pool: "app", roles: ["aicd_app", "aicd_viewer"] },
    { pool: "queue", roles: ["aicd_queue"] },
    { pool: "system", roles: ["aicd_eraser", "aicd_system"] },
  ]);
});

it("the queue's pool works in its schema and sees no table of ours", async () => {
  const client = await sessionOf(made.logins.queue);

  await client.query("INSERT INTO bullmq.job VALUES ('1')");

  expect(await asked(client, "SELECT nextval('bullmq.job_seq')")).toHaveLength(1);
  expect(await asked(client, "SELECT 1 FROM tasks")).toMatch(/permission denied/);
});

it("what is made once is found by whoever may make nothing", async () => {
  const weak = await plainLogin("found");

  expect((await openLogins(weak, KEY)).kind).toBe("own");
});

it("where they cannot be made, the given login serves all, and it is said why", async () => {
  const weak = await plainLogin("refused");

  const { kind, logins, ...rest } = await openLogins(weak, keyNamed("ffffffffffff"));

  expect(kind).toBe("shared");
  expect(rest).toEqual({ why: expect.stringMatching(/permission denied/) });
  expect(logins.app).toEqual({ connectionString: weak, role: "aicd_app" });
});

it("one that was given more since is made anew, less what it may not have", async () => {
  const name = new URL(made.logins.app.connectionString).username;
  await test.pool.query(`ALTER ROLE "${name}" CREATEROLE PASSWORD 'other'; GRANT aicd_system TO "${name}"`);

  expect((await openLogins(test.connectionString, KEY)).kind).toBe("own");
});

it("those of a former key are taken away, and the present ones stay", async () => {
  await openLogins(test.connectionString, keyNamed("0123456789ab"));

  await retireLogins(test.connectionString, [KEY]);

  const { rows } = await test.pool.query(
    "SELECT rolname FROM pg_roles WHERE rolname ~ '^aicd_login_.*_0123456789ab$'",
  );
  expect(rows).toEqual([]);
  expect((await openLogins(test.connectionString, KEY)).kind).toBe("own");
});

async function plainLogin(name: string): Promise<string> {
  const role = `plain_${name}_${randomBytes(4).toString("hex")}`;
  await test.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'`);
  onTestFinished(async () => void (await test.pool.query(`DROP ROLE ${role}`)));
  return Object.assign(new URL(test.connectionString), { username: role, password: "plain" }).href;
}
