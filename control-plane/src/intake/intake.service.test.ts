import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createPool } from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { createLogger, createMetrics, createRedactor } from "@aicd/ops";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { emptyBodies, forgetDeliveries, markProcessed, readDelivery } from "./deliveries.ts";
import { createIntake, type Intake } from "./intake.ts";

const SECRET = "correct horse battery staple";
const OLD_SECRET = "the one before";
const MEGABYTE = 1024 * 1024;

const database = await createTestDatabase();
const { pool } = database;
const log = createLogger({ redactor: createRedactor(), level: "silent" });
const metrics = createMetrics();
let pokes = 0;
let server: Server;
let intake: Intake;

beforeAll(async () => {
  ({ server, intake } = await serve(database.connectionString));
});

afterAll(async () => {
  server.close();
  await intake.close();
});

beforeEach(async () => {
  await pool.query("truncate webhook_deliveries, webhook_batches, outbox");
  pokes = 0;
});

test("an accepted delivery is stored byte for byte, with its owed job, when the answer comes", async () => {
  const id = randomUUID();
  const body = Buffer.from('{ "title": "späte Änderung \\u0041 🚀", "n": 1.0 }\n');

  const answer = await deliver({ id, body, event: "issue_comment" });

  expect(answer.status).toBe(202);
  const stored = await readDelivery(pool, id);
  expect(stored).toMatchObject({ id, event: "issue_comment", receivedAt: expect.any(Date) });
  expect(stored?.body.equals(body)).toBe(true);
  expect(await owed()).toEqual([{ job: "receive-delivery", payload: { deliveryId: id } }]);
  expect(pokes).toBe(1);
});

test.each([
  ["no signature", () => undefined],
  ["SHA-1", (body: Buffer) => `sha1=${createHmac("sha1", SECRET).update(body).digest("hex")}`],
  ["another secret", (body: Buffer) => sign(body, "guess")],
  ["another body", () => sign(Buffer.from("{}"), SECRET)],
  ["a short digest", (body: Buffer) => sign(body, SECRET).slice(0, -2)],
  ["a long digest", (body: Buffer) => `${sign(body, SECRET)}00`],
  ["upper case", (body: Buffer) => `sha256=${sign(body, SECRET).slice(7).toUpperCase()}`],
  ["no prefix", (body: Buffer) => sign(body, SECRET).slice(7)],
  ["two signatures", (body: Buffer) => `${sign(body, SECRET)}, ${sign(body, SECRET)}`],
  ["nothing", () => ""],
])("a delivery signed with %s is refused and not stored", async (_name, signature) => {
  const body = Buffer.from('{"action":"opened"}');

  const answer = await deliver({ body, headers: { "x-hub-signature-256": signature(body) } });

  expect(answer.status).toBe(401);
  expect(await count()).toEqual({ deliveries: 0, jobs: 0 });
});

test("during a rotation both secrets are accepted", async () => {
  const body = Buffer.from("{}");

  const answers = await Promise.all([
    deliver({ body, headers: { "x-hub-signature-256": sign(body, OLD_SECRET) } }),
    deliver({ body, headers: { "x-hub-signature-256": sign(body, SECRET) } }),
  ]);

  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
});

test("an empty secret, which would accept anybody, is refused at the start", () => {
  const options = { pool, poke: () => {}, log, metrics };

  expect(() => createIntake({ ...options, secrets: [] })).toThrow(/WEBHOOK_SECRET/);
  expect(() => createIntake({ ...options, secrets: [{ reveal: () => "" }] })).toThrow(/WEBHOOK_SECRET/);
});

test("a delivery that comes again is accepted without new work", async () => {
  const id = randomUUID();

  const first = await deliver({ id, body: Buffer.from('{"first":true}') });
  const again = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      deliver({ id: index % 2 ? id : id.toUpperCase(), body: Buffer.from(`{"again":${index}}`) }),
    ),
  );

  expect([first, ...again].every(({ status }) => status === 202)).toBe(true);
  expect(await count()).toEqual({ deliveries: 1, jobs: 1 });
  expect((await readDelivery(pool, id))?.body.toString()).toBe('{"first":true}');
});

test("many at once share transactions and are all stored as they came", async () => {
  const bodies = new Map(
    Array.from({ length: 300 }, () => [
      randomUUID(),
      Buffer.from(JSON.stringify({ x: randomBytes(3_000).toString("hex") })),
    ]),
  );

  const answers = await Promise.all([...bodies].map(([id, body]) => deliver({ id, body })));

  expect(answers.every(({ status }) => status === 202)).toBe(true);
  for (const [id, body] of bodies) expect((await readDelivery(pool, id))?.body.equals(body)).toBe(true);
  expect(await count()).toEqual({ deliveries: 300, jobs: 300 });
  const batches = await pool.query("select from webhook_batches");
  expect(batches.rowCount).toBeLessThan(bodies.size);
});

test("what is signed is stored as it came, JSON or not: what it says is found out when it is read", async () => {
  const bodies = ["", "{", '{"a":1}x', "\u0000", "[".repeat(100_000)].map((text) => ({
    id: randomUUID(),
    body: Buffer.from(text),
  }));

  const answers = await Promise.all(bodies.map(deliver));

  expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 202));
  for (const { id, body } of bodies) expect((await readDelivery(pool, id))?.body.equals(body)).toBe(true);
});

test.each([
  [415, "another content type", { "content-type": "application/x-www-form-urlencoded" }],
  [400, "no GUID", { "x-github-delivery": undefined }],
  [400, "a GUID that is none", { "x-github-delivery": "1234; drop table" }],
  [400, "no event", { "x-github-event": undefined }],
  [400, "an event with strange characters", { "x-github-event": "issues}{" }],
])("answers %i to %s", async (status, _name, headers) => {
  const answer = await deliver({ headers });

  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ error: expect.any(String) });
  expect(await count()).toEqual({ deliveries: 0, jobs: 0 });
});

test("events nobody has heard of are accepted", async () => {
  expect((await deliver({ event: "future_event_2031" })).status).toBe(202);
});

test("26 MB are refused when they are announced, before any of them is sent", async () => {
  const answer = await raw(`${head({ "content-length": `${26 * MEGABYTE}` })}\r\n`);

  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test("26 MB that were not announced are refused when they have come", async () => {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
  });
  socket.on("error", () => {}); // cut while we still send
  socket.write(`${head({ "transfer-encoding": "chunked" })}\r\n`);
  const piece = Buffer.alloc(MEGABYTE, " ");

  for (let sent = 0; sent < 27; sent++) {
    socket.write(`${piece.length.toString(16)}\r\n`);
    socket.write(piece);
    socket.write("\r\n");
  }

  await expect.poll(() => answer).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});

test("25 MB are stored", async () => {
  const id = randomUUID();
  const body = Buffer.from(JSON.stringify({ text: "x".repeat(25 * MEGABYTE - 20) }));

  const answer = await deliver({ id, body });

  expect(answer.status).toBe(202);
  expect((await readDelivery(pool, id))?.body.equals(body)).toBe(true);
});

test("slow strangers with large bodies keep no signed one out", async () => {
  const body = Buffer.from(JSON.stringify({ text: "x".repeat(3 * MEGABYTE) }));
  const strangers = Array.from({ length: 40 }, () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`${head({ "content-length": `${20 * MEGABYTE}` })}\r\n`);
    socket.write(Buffer.alloc(MEGABYTE / 2, " "));
    return once(socket, "connect").then(() => socket);
  });
  const sockets = await Promise.all(strangers);

  const answers = await Promise.all([deliver({ body }), deliver({ body })]);

  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  for (const socket of sockets) socket.destroy();
});

test("a client that hangs up half way leaves nothing", async () => {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`${head({ "content-length": "1000" })}\r\n{"half":`);
  await once(socket, "connect");
  socket.destroy();

  expect((await deliver({})).status).toBe(202);
  expect(await count()).toEqual({ deliveries: 1, jobs: 1 });
});

test("while Postgres refuses, the answer is 503 with a time to come back, and then it works again", async () => {
  const name = new URL(database.connectionString).pathname.slice(1);
  const elsewhere = createPool({
    connectionString: siblingUrl("postgres"),
    applicationName: "test",
    onError: () => {},
  });
  await elsewhere.query(`alter database ${name} allow_connections false`);
  await elsewhere.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);

  const refused = await deliver({});
  await elsewhere.query(`alter database ${name} allow_connections true`);
  await elsewhere.end();

  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  await expect.poll(async () => (await deliver({})).status).toBe(202);
});

test("without a server to connect to the answer is 503", async () => {
  const lonely = await serve("postgresql://nobody@127.0.0.1:1/none");

  const answer = await deliver({ on: lonely.server });

  expect(answer.status).toBe(503);
  lonely.server.close();
  await lonely.intake.close();
});

test("closing waits for what is being written", async () => {
  const other = await serve(database.connectionString);
  let received = 0;
  other.server.on("request", () => received++);
  const answers = Promise.all(Array.from({ length: 30 }, () => deliver({ on: other.server })));
  await expect.poll(() => received, { timeout: 10_000 }).toBe(30);

  other.server.close();
  await other.intake.close();

  expect((await answers).every(({ status }) => status === 202)).toBe(true);
});

test("deliveries are forgotten when they are old and processed, with their whole batch", async () => {
  const ids = Array.from({ length: 4 }, () => randomUUID());
  for (const id of ids) await deliver({ id });
  const [old, unprocessed, young, edge] = ids as [string, string, string, string];
  for (const id of [old, young, edge]) await markProcessed(pool, id);
  const age = (id: string, days: number) =>
    pool.query(
      `with d as (update webhook_deliveries set received_at = now() - make_interval(days => $2) where id = $1 returning batch_id)
       update webhook_batches set created_at = now() - make_interval(days => $2) where id in (select batch_id from d)`,
      [id, days],
    );
  await age(old, 31);
  await age(unprocessed, 31);
  await age(edge, 29);

  const forgotten = await forgetDeliveries(pool);

  expect(forgotten).toBe(1);
  expect(await Promise.all(ids.map(async (id) => (await readDelivery(pool, id)) !== undefined))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  expect((await pool.query("select from webhook_batches")).rowCount).toBe(3);
});

test("bodies are emptied within a day, once all of their batch is processed; their GUIDs stay known", async () => {
  const [done, owed, young] = [randomUUID(), randomUUID(), randomUUID()];
  for (const id of [done, owed, young]) await deliver({ id });
  for (const id of [done, young]) await markProcessed(pool, id);
  await pool.query(
    `update webhook_batches set created_at = now() - interval '21 hours'
     where id in (select batch_id from webhook_deliveries where id = any ($1))`,
    [[done, owed]],
  );

  expect(await emptyBodies(pool)).toBe(1);

  const sizes = await Promise.all([done, owed, young].map(bytesOf));
  expect(sizes.map((bytes) => bytes > 0)).toEqual([false, true, true]);
  await deliver({ id: done });
  expect((await pool.query("select from webhook_deliveries where id = $1", [done])).rowCount).toBe(1);
  expect(await emptyBodies(pool)).toBe(0);
});

async function bytesOf(id: string): Promise<number> {
  const { rows } = await pool.query(
    "select length(b.body) as n from webhook_deliveries d join webhook_batches b on b.id = d.batch_id where d.id = $1",
    [id],
  );
  return rows[0].n;
}

function sign(body: Buffer, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

async function deliver(delivery: {
  id?: string;
  event?: string;
  body?: Buffer;
  headers?: Record<string, string | undefined>;
  on?: Server;
}): Promise<Response> {
  const {
    id = randomUUID(),
    event = "issues",
    body = Buffer.from('{"action":"opened"}'),
    on = server,
  } = delivery;
  const headers = {
    "content-type": "application/json",
    "x-github-delivery": id,
    "x-github-event": event,
    "x-hub-signature-256": sign(body, SECRET),
    ...delivery.headers,
  };
  const given = Object.entries(headers).filter(
    (header): header is [string, string] => header[1] !== undefined,
  );
  const { port } = on.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}/api/github/webhooks`, {
    method: "POST",
    headers: given,
    body: new Uint8Array(body),
  });
}

function head(headers: Record<string, string>): string {
  const all = {
    host: "localhost",
    "content-type": "application/json",
    "x-github-delivery": randomUUID(),
    "x-github-event": "push",
    "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /api/github/webhooks HTTP/1.1\r\n${lines.join("")}`;
}

async function raw(request: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(request);
  const [chunk] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return chunk.toString("latin1");
}

async function serve(connectionString: string): Promise<{ server: Server; intake: Intake }> {
  const own = createPool({ connectionString, applicationName: "test", onError: () => {} });
  const intake = createIntake({
    pool: own,
    secrets: [{ reveal: () => SECRET }, { reveal: () => OLD_SECRET }],
    poke: () => void pokes++,
    log,
    metrics,
  });
  const listening = createServer(intake.handle).listen(0, "127.0.0.1");
  await once(listening, "listening");
  return { server: listening, intake };
}

async function owed(): Promise<unknown[]> {
  return (await pool.query("select job, payload from outbox")).rows;
}

async function count(): Promise<{ deliveries: number; jobs: number }> {
  const { rows } = await pool.query<{ deliveries: number; jobs: number }>(
    "select (select count(*)::int from webhook_deliveries) as deliveries, (select count(*)::int from outbox) as jobs",
  );
  return rows[0] ?? { deliveries: -1, jobs: -1 };
}

function siblingUrl(name: string): string {
  const url = new URL(database.connectionString);
  url.pathname = `/${name}`;
  return url.href;
}
