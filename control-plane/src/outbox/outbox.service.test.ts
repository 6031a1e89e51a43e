import { spawn } from "node:child_process";
import { once } from "node:events";
import { createTestDatabase } from "@aicd/db/testing";
import { createLogger, createMetrics, createRedactor } from "@aicd/ops";
import { createQueue, type NudgeQueue } from "@aicd/queue";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type DeadHandlers, defineJobs, type Handlers } from "./catalog.ts";
import { createEnqueue } from "./enqueue.ts";
import { type Relay, startRelay } from "./relay.ts";
import { startWorker } from "./worker.ts";

const database = await createTestDatabase();
const { pool } = database;

const JOBS = defineJobs({
  greet: { payload: z.object({ name: z.string() }), tries: 3, backoffMs: () => 0, timeoutMs: 5_000 },
  hurry: { payload: z.object({}), tries: 2, backoffMs: () => 0, timeoutMs: 30 },
  later: { payload: z.object({}), tries: 3, backoffMs: () => 3_600_000, timeoutMs: 5_000 },
});
type Jobs = typeof JOBS;

const open: { close(): Promise<unknown> }[] = [];
const redactor = createRedactor();
const log = createLogger({ redactor, level: "silent" });
const metrics = createMetrics();
let queue: NudgeQueue;
let queueName: string;
let serial = 0;
let poke = () => {};

beforeEach(async () => {
  await pool.query("truncate outbox");
  queueName = `outbox-${serial++}`;
  queue = await openQueue();
});

afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

test("an owed job runs once and is owed no more", async () => {
  const ran: string[] = [];
  await working({ greet: async ({ name }) => void ran.push(name) });

  await owe("greet", { name: "Ada" });

  await eventually(() => ran).toEqual(["Ada"]);
  await eventually(owed).toEqual([]);
});

test("a job of a transaction that rolls back never runs", async () => {
  const ran: string[] = [];
  const relay = await working({ greet: async ({ name }) => void ran.push(name) });
  const client = await pool.connect();
  await client.query("begin");
  await createEnqueue(JOBS, relay.poke).one(client, "greet", { name: "nobody" });
  await client.query("rollback");
  client.release();

  await owe("greet", { name: "Ada" });

  await eventually(() => ran).toEqual(["Ada"]);
});

test("a payload that does not fit is refused where it is owed", async () => {
  const enqueue = createEnqueue(JOBS, () => {});

  // @ts-expect-error the catalog says that greet needs a name
  await expect(enqueue.one(pool, "greet", {})).rejects.toThrow(/name/);
});

test("many jobs are owed in one statement, each with its own delay and tenant", async () => {
  await createEnqueue(JOBS, () => {}).many(pool, [
    { job: "greet", payload: { name: "Ada" }, tenantId: "ten_a" },
    { job: "later", payload: {}, delayMs: 60_000 },
  ]);

  const { rows } = await pool.query("select job, tenant_id, due_at > now() as waits from outbox order by id");
  expect(rows).toEqual([
    { job: "greet", tenant_id: "ten_a", waits: false },
    { job: "later", tenant_id: "", waits: true },
  ]);
});

test("of many workers nudged with the same row one runs it", async () => {
  let running = 0;
  const ran: string[] = [];
  const handlers = {
    greet: async ({ name }: { name: string }) => {
      running++;
      ran.push(`${name}${running}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
    },
  };
  for (let i = 0; i < 4; i++) await addWorker(handlers, await openQueue());
  const ids = await insert("greet", [{ name: "a" }]);

  await Promise.all(Array.from({ length: 12 }, () => queue.nudge(ids)));

  await eventually(owed).toEqual([]);
  await eventually(async () => (await queue.health()).kind === "well" && ran.length).toBe(1);
  expect(ran).toEqual(["a1"]);
});

test("a thousand jobs over three workers run once each", async () => {
  const ran: string[] = [];
  const handlers = { greet: async ({ name }: { name: string }) => void ran.push(name) };
  const relay = await working(handlers);
  await addWorker(handlers, await openQueue());
  await addWorker(handlers, await openQueue());

  await insert(
    "greet",
    Array.from({ length: 1_000 }, (_, index) => ({ name: `${index}` })),
  );
  relay.poke();

  await eventually(owed).toEqual([]);
  expect(ran).toHaveLength(1_000);
  expect(new Set(ran).size).toBe(1_000);
});

test("a job that fails is tried again, with its error kept and secrets taken out of it", async () => {
  redactor.register("sk-live-0123456789");
  const errors: unknown[] = [];
  await working({
    greet: async (_payload, { tries, id }) => {
      errors.push((await pool.query("select error from outbox where id = $1", [id])).rows[0]?.error);
      if (tries < 3) throw new Error(`no luck with sk-live-0123456789 at ${tries}`);
    },
  });

  await owe("greet", { name: "Ada" });

  await eventually(owed).toEqual([]);
  expect(errors).toEqual([
    null,
    "Error: no luck with [redacted] at 1",
    "Error: no luck with [redacted] at 2",
  ]);
});

test("a poison job is given up after its tries, says so, and does not hold up the others", async () => {
  const ran: string[] = [];
  const dead: string[] = [];
  await working(
    {
      greet: async ({ name }) => {
        ran.push(name);
        if (name === "poison") throw new Error("always");
      },
    },
    { greet: async ({ name }, { error }) => void dead.push(`${name}: ${error}`) },
  );

  await owe("greet", { name: "poison" });
  for (const name of ["a", "b", "c"]) await owe("greet", { name });

  await eventually(() => dead).toEqual(["poison: Error: always"]);
  await eventually(owed).toMatchObject([{ job: "greet", tries: 3, dead: true, error: "Error: always" }]);
  expect(ran.filter((name) => name === "poison")).toHaveLength(3);
  expect(ran).toEqual(expect.arrayContaining(["a", "b", "c"]));
});

test("an error that says it is final is not tried again", async () => {
  let runs = 0;
  await working({
    greet: async () => {
      runs++;
      throw Object.assign(new Error("gone for good"), { retryable: false });
    },
  });

  await owe("greet", { name: "Ada" });

  await eventually(owed).toMatchObject([{ dead: true, tries: 1 }]);
  expect(runs).toBe(1);
});

test.each([
  { errors: [false, false], runs: 1 },
  { errors: [false, true], runs: 3 },
])("failures thrown together are final when all are: %j", async ({ errors, runs }) => {
  let ran = 0;
  await working({
    greet: async () => {
      ran++;
      throw new AggregateError(errors.map((retryable) => Object.assign(new Error("no"), { retryable })));
    },
  });

  await owe("greet", { name: "Ada" });

  await eventually(owed).toMatchObject([{ dead: true, tries: runs }]);
  expect(ran).toBe(runs);
});

test("last words that fail are tried again before the job is buried", async () => {
  let said = 0;
  await working(
    {
      greet: async () => {
        throw Object.assign(new Error("final"), { retryable: false });
      },
    },
    {
      greet: async () => {
        if (++said < 2) throw new Error("GitHub is away");
      },
    },
  );

  await owe("greet", { name: "Ada" });

  await eventually(owed).toMatchObject([{ dead: true, error: "Error: final" }]);
  expect(said).toBe(2);
});

test("a stored payload that no longer fits is buried, not run", async () => {
  let runs = 0;
  await working({ greet: async () => void runs++ });

  await pool.query(`insert into outbox (job, payload) values ('greet', '{"nom": 1}')`);

  await eventually(owed).toMatchObject([{ dead: true }]);
  expect(runs).toBe(0);
});

test("a job this release does not know waits for one that does", async () => {
  await working({});

  await pool.query(`insert into outbox (job, payload) values ('from-the-future', '{}')`);

  await eventually(
    async () => (await pool.query("select due_at > now() as put_off, tries from outbox")).rows,
  ).toEqual([{ put_off: true, tries: 0 }]);
});

test("a handler that ignores its timeout does not keep its slot", async () => {
  const aborted: boolean[] = [];
  await working({
    hurry: (_payload, { signal }) => {
      signal.addEventListener("abort", () => aborted.push(true));
      return new Promise(() => {});
    },
  });

  await owe("hurry", {});

  await eventually(owed).toMatchObject([{ dead: true, tries: 2 }]);
  expect(aborted).toEqual([true, true]);
});

test("a failed job waits for its backoff", async () => {
  await working({
    later: async () => {
      throw new Error("not now");
    },
  });

  await owe("later", {});

  const wait =
    "select extract(epoch from due_at - now()) > 3000 as long, sent_at, tries from outbox where tries > 0";
  await eventually(async () => (await pool.query(wait)).rows).toEqual([
    { long: true, sent_at: null, tries: 1 },
  ]);
});

test("an emptied queue is refilled from the outbox", async () => {
  const ran: string[] = [];
  const relay = startRelay({ pool, queue, log, metrics });
  open.push(relay);
  await insert("greet", [{ name: "a" }, { name: "b" }]);
  relay.poke();
  await eventually(async () => (await pool.query("select from outbox where sent_at is null")).rowCount).toBe(
    0,
  );

  await queue.obliterate();
  await pool.query("update outbox set sent_at = sent_at - interval '30 seconds'");
  await addWorker({ greet: async ({ name }: { name: string }) => void ran.push(name) }, queue);

  await eventually(() => ran.toSorted()).toEqual(["a", "b"]);
});

test("a queue that is away delays jobs and loses none", async () => {
  const broken = { ...queue, nudge: () => Promise.reject(new Error("the queue is away")) };
  const stuck = startRelay({ pool, queue: broken, log, metrics });
  await insert("greet", [{ name: "a" }]);
  stuck.poke();
  await stuck.close();
  expect((await pool.query("select from outbox where sent_at is null")).rowCount).toBe(1);
  const ran: string[] = [];

  await working({ greet: async ({ name }) => void ran.push(name) });

  await eventually(() => ran).toEqual(["a"]);
});

test("a job whose worker is killed runs again when the claim has run out", async () => {
  const ids = await insert("greet", [{ name: "a" }]);
  const doomed = spawn(process.execPath, ["--input-type=module", "-e", DOOMED_WORKER], {
    env: { ...process.env, TEST_CONNECTION: database.connectionString, TEST_QUEUE: queueName },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await queue.nudge(ids);
  await once(doomed.stdout, "data");
  doomed.kill("SIGKILL");
  await once(doomed, "exit");
  const tries: number[] = [];

  await working({ greet: async (_payload, context) => void tries.push(context.tries) });
  const held = await pool.query("select claimed_until > now() + interval '10 seconds' as held from outbox");
  await pool.query("update outbox set claimed_until = now(), sent_at = now() - interval '30 seconds'");

  expect(held.rows).toEqual([{ held: true }]);
  await eventually(() => tries).toEqual([2]);
  await eventually(owed).toEqual([]);
});

test("a job that kills every process it runs in is given up too", async () => {
  let runs = 0;
  const dead: string[] = [];
  await pool.query(`insert into outbox (job, payload, tries) values ('greet', '{"name": "bomb"}', 3)`);

  await working(
    { greet: async () => void runs++ },
    { greet: async (_payload, { error }) => void dead.push(error) },
  );

  await eventually(() => dead).toEqual(["The process ended while the job ran."]);
  expect(runs).toBe(0);
});

test("a job that has taken its process with it three times is given up, however many tries it has", async () => {
  let runs = 0;
  const dead: string[] = [];
  await pool.query(
    `insert into outbox (job, payload, tries, deaths, claimed_until, error)
     values ('greet', '{"name": "bomb"}', 1, 2, now() - interval '1 second', 'Error: something before')`,
  );
  await working(
    { greet: async () => void runs++ },
    { greet: async (_payload, { error }) => void dead.push(error) },
  );

  await eventually(() => dead).toEqual(["The process ended while the job ran."]);
  expect(runs).toBe(0);
});

test("a job that died twice does not run beside the others that did, so that the one to blame is found", async () => {
  let runs = 0;
  await pool.query(
    `insert into outbox (job, payload, tries, deaths, claimed_until)
     values ('greet', '{"name": "neighbour"}', 1, 1, now() - interval '1 second')`,
  );

  await working({ greet: async () => void runs++ });

  await eventually(
    async () =>
      (await pool.query("select due_at > created_at as later, tries, deaths from outbox where deaths = 2"))
        .rows,
  ).toEqual([{ later: true, tries: 1, deaths: 2 }]);
  await pool.query("update outbox set due_at = now()");
  await eventually(owed).toEqual([]);
  expect(runs).toBe(1);
});

test("a failure, and a process that shuts down in order, is no death", async () => {
  await working({
    later: async () => {
      throw new Error("not now");
    },
  });
  await owe("later", {});
  await eventually(async () => (await pool.query("select tries from outbox")).rows).toEqual([{ tries: 1 }]);

  await pool.query("update outbox set due_at = now()");

  await eventually(async () => (await pool.query("select tries, deaths from outbox")).rows).toEqual([
    { tries: 2, deaths: 0 },
  ]);
});

test("what a worker writes after it lost its claim has no effect", async () => {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  await addWorker(
    {
      greet: async () => {
        started.resolve();
        await gate.promise;
      },
    },
    queue,
  );
  const ids = await insert("greet", [{ name: "a" }]);
  await queue.nudge(ids);
  await started.promise;

  await pool.query("update outbox set tries = tries + 1");
  gate.resolve();
  for (const part of open.splice(0).reverse()) await part.close();

  expect(await owed()).toMatchObject([{ tries: 2, dead: false }]);
});

test("closing gives running handlers their time, then hands the rest back uncounted", async () => {
  const started = Promise.withResolvers<void>();
  const worker = await addWorker(
    {
      greet: (_payload, { signal }) => {
        started.resolve();
        return new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason)),
        );
      },
    },
    queue,
    { concurrency: 1, drainMs: 20 },
  );
  const ids = await insert("greet", [{ name: "running" }, { name: "waiting" }]);
  await queue.nudge(ids);
  await started.promise;

  await worker.close();

  const { rows } = await pool.query("select tries, claimed_until, sent_at from outbox");
  expect(rows).toEqual(Array.from({ length: 2 }, () => ({ tries: 0, claimed_until: null, sent_at: null })));
});

test("a tenant with a long queue does not make the others wait", async () => {
  await pool.query(`
    insert into outbox (job, payload, tenant_id, due_at)
    select 'greet', '{"name": "big"}', 'ten_big', now() - interval '1 hour' from generate_series(1, 3000)`);
  await pool.query(
    `insert into outbox (job, payload, tenant_id) values ('greet', '{"name": "small"}', 'ten_small')`,
  );
  const ran: string[] = [];

  await working({ greet: async ({ name }) => void ran.push(name) });

  await eventually(() => ran.includes("small")).toBe(true);
  expect(ran.indexOf("small")).toBeLessThan(500);
});

/** Polls: nothing here depends on how fast the machine is. */
function eventually<T>(read: () => T) {
  return expect.poll(read, { timeout: 10_000, interval: 10 });
}

const DOOMED_WORKER = `
  import pg from "pg";
  import { createLogger, createMetrics, createRedactor } from "@aicd/ops";
  import { createQueue } from "@aicd/queue";
  import { z } from "zod";
  import { startWorker } from ${JSON.stringify(import.meta.resolve("./worker.ts"))};
  const connectionString = process.env.TEST_CONNECTION;
  const pool = new pg.Pool({ connectionString });
  const redactor = createRedactor();
  await startWorker({
    pool,
    queue: await createQueue({ kind: "postgres", connectionString, name: process.env.TEST_QUEUE, onError() {} }),
    catalog: { greet: { payload: z.unknown(), tries: 3, backoffMs: () => 0, timeoutMs: 60_000 } },
    handlers: { greet() { process.stdout.write("running"); return new Promise(() => {}); } },
    redact: redactor.redact,
    log: createLogger({ redactor, level: "silent" }),
    metrics: createMetrics(),
  });`;

async function openQueue(): Promise<NudgeQueue> {
  const source = { kind: "postgres", connectionString: database.connectionString } as const;
  const opened = await createQueue({ ...source, name: queueName, onError: () => {} });
  open.push(opened);
  return opened;
}

async function addWorker(
  handlers: Partial<Handlers<Jobs>>,
  on: NudgeQueue,
  options: { onDead?: DeadHandlers<Jobs>; concurrency?: number; drainMs?: number; wake?: () => void } = {},
): Promise<{ close(): Promise<void> }> {
  const worker = await startWorker({
    pool,
    queue: on,
    catalog: JOBS,
    handlers: handlers as Handlers<Jobs>,
    redact: redactor.redact,
    log,
    metrics,
    drainMs: 1_000,
    ...options,
  });
  open.push(worker);
  return worker;
}

async function working(handlers: Partial<Handlers<Jobs>>, onDead: DeadHandlers<Jobs> = {}): Promise<Relay> {
  const relay = startRelay({ pool, queue, log, metrics });
  open.push(relay);
  await addWorker(handlers, queue, { onDead, wake: relay.poke });
  poke = relay.poke;
  return relay;
}

async function owe<J extends "greet" | "hurry" | "later">(job: J, payload: z.input<Jobs[J]["payload"]>) {
  await createEnqueue(JOBS, () => {}).one(pool, job, payload);
  poke();
}

async function insert(job: string, payloads: object[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    "insert into outbox (job, payload) select $1, value from jsonb_array_elements($2::jsonb) returning id",
    [job, JSON.stringify(payloads)],
  );
  return rows.map(({ id }) => id);
}

async function owed(): Promise<unknown[]> {
  const { rows } = await pool.query(
    "select job, tries, dead_at is not null as dead, error from outbox order by id",
  );
  return rows;
}
