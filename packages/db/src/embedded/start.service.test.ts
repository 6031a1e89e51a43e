import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { findPostmaster } from "./postmaster.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./start.ts";

/** An initialised directory; making one takes a second. */
let seed: string;
let root: string;
let directory: string;
const running: EmbeddedPostgres[] = [];

beforeAll(async () => {
  seed = await mkdtemp(join(tmpdir(), "aicd-embedded-seed-"));
  const server = await startEmbeddedPostgres({ directory: seed });
  await server.stop();
});

afterAll(() => rm(seed, { recursive: true }));

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "aicd-embedded-"));
  directory = join(root, "postgres");
  await promisify(execFile)("cp", ["-a", seed, directory]);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(root, { recursive: true, force: true });
});

test("keeps its rows, its address and its secret over a restart", async () => {
  const first = await start();
  await run(first, "create table notes (line text)");
  await run(first, "insert into notes values ('still here')");
  await first.stop();

  const second = await start();

  expect(await run(second, "select line from notes")).toEqual([{ line: "still here" }]);
  expect(second.connectionString).toBe(first.connectionString);
});

test("commits are durable and sessions are many", async () => {
  const server = await start();

  const settings = await run(
    server,
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'max_connections', 'jit') order by 1",
  );

  expect(settings.map(({ name, setting }) => `${name}=${setting}`)).toEqual([
    "fsync=on",
    "jit=off",
    "max_connections=200",
    "synchronous_commit=on",
  ]);
});

test("the password is readable by its owner only and is not in the log", async () => {
  const server = await start();
  const password = new URL(server.connectionString).password;
  await run(server, "select 1");

  const { mode } = await stat(join(directory, "password"));

  expect(mode & 0o777).toBe(0o600);
  expect(await readFile(join(directory, "postgres.log"), "utf8")).not.toContain(password);
});

test("a wrong password is refused", async () => {
  const server = await start();
  const url = new URL(server.connectionString);
  url.password = "guess";

  await expect(run({ connectionString: url.href }, "select 1")).rejects.toThrow(
    /password authentication failed/,
  );
});

test("a server that outlived its killed process is taken over, and stopped in the end", async () => {
  const orphan = await startElsewhere();
  orphan.process.kill("SIGKILL");
  await once(orphan.process, "exit");
  const before = await findPostmaster(join(directory, "data"));

  const server = await start();

  expect(before).toBeDefined();
  expect((await findPostmaster(join(directory, "data")))?.pid).toBe(before?.pid);
  expect(await run(server, "select 1 as one")).toEqual([{ one: 1 }]);
  await server.stop();
  expect(await findPostmaster(join(directory, "data"))).toBeUndefined();
});

test("two processes share one server, and the last one turns it off", async () => {
  const other = await startElsewhere();
  const mine = await start();

  await mine.stop();

  expect(await run(other, "select 1 as one")).toEqual([{ one: 1 }]);
  other.process.kill("SIGTERM");
  await once(other.process, "exit");
  await expect.poll(() => findPostmaster(join(directory, "data"))).toBeUndefined();
});

test("two first starts at the same moment end in one server", async () => {
  directory = join(root, "fresh");

  const [one, two] = await Promise.all([start(), start()]);

  expect(one.connectionString).toBe(two.connectionString);
  await run(one, "create table shared (x int)");
  expect(await run(two, "select * from shared")).toEqual([]);
});

test("recovers what was committed when the server itself is killed", async () => {
  const first = await start();
  await run(first, "create table facts as select 42 as answer");
  const before = await findPostmaster(join(directory, "data"));
  process.kill(before?.pid ?? 0, "SIGKILL");
  await first.stop();

  const second = await start();

  expect(await run(second, "select answer from facts")).toEqual([{ answer: 42 }]);
});

test("a server that dies is started again at the same address", async () => {
  let deaths = 0;
  const server = await startEmbeddedPostgres({ directory, onDeath: () => deaths++ });
  running.push(server);
  await run(server, "create table facts as select 42 as answer");
  process.kill((await findPostmaster(join(directory, "data")))?.pid ?? 0, "SIGKILL");

  const answer = () => run(server, "select answer from facts").catch((error: Error) => error.message);

  await expect.poll(answer, { timeout: 20_000, interval: 100 }).toEqual([{ answer: 42 }]);
  expect(deaths).toBe(1);
});

test("a stale lock file that names a living stranger does not keep it from starting", async () => {
  const first = await start();
  await first.stop();
  const stale = `${process.pid}\n${join(directory, "data")}\n1\n5432\n\n127.0.0.1\n0 0\nready   \n`;
  await writeFile(join(directory, "data", "postmaster.pid"), stale);

  const second = await start();

  expect(await run(second, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("data of another major version is refused, not touched", async () => {
  const first = await start();
  await first.stop();
  await writeFile(join(directory, "data", "PG_VERSION"), "17\n");

  await expect(start()).rejects.toThrow(/made by Postgres 17/);
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ directory });
  running.push(server);
  return server;
}

async function startElsewhere(): Promise<{ process: ChildProcess; connectionString: string }> {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(import.meta.resolve("./start.ts"))};
    const server = await startEmbeddedPostgres({ directory: process.argv[1] });
    process.once("SIGTERM", () => process.exit(0));
    setInterval(() => {}, 60_000);
    console.log(server.connectionString);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { process: child, connectionString: line.toString("utf8").trim() };
}

async function run(server: { connectionString: string }, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.connectionString });
  client.on("error", () => {}); // cut by the server's stop
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
