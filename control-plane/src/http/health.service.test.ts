import { SYSTEM_ROLE } from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { createLogger, createMetrics, createRedactor, Secret } from "@aicd/ops";
import { createQueue } from "@aicd/queue";
import fastify from "fastify";
import type { Pool } from "pg";
import { afterAll, expect, it, vi } from "vitest";
import { loadAssets } from "../dashboard/assets.ts";
import { problemPages } from "../dashboard/page.ts";
import { healthRoutes } from "./health.ts";
import { problemHandler } from "./problems/problem-handler.ts";

const database = await createTestDatabase();
const queue = await createQueue({
  kind: "postgres",
  connectionString: database.connectionString,
  onError() {},
});
afterAll(() => queue.close());

function serve(metricsToken?: Secret) {
  const server = fastify();
  const log = createLogger({ level: "silent", redactor: createRedactor() });
  server.setErrorHandler(problemHandler(log, problemPages(loadAssets())));
  server.register(
    healthRoutes({ pool: database.pool, queue, metrics: createMetrics(), role: "all", metricsToken }),
  );
  afterAll(() => server.close());
  return (authorization?: string, from: { remoteAddress?: string; headers?: Record<string, string> } = {}) =>
    server.inject({
      url: "/metrics",
      ...from,
      headers: { ...from.headers, ...(authorization === undefined ? {} : { authorization }) },
    });
}

it("metrics are this machine's where no token is set, and nobody's behind a proxy on it", async () => {
  const ask = serve();
  const proxied = { headers: { "x-forwarded-for": "203.0.113.7" } };

  expect((await ask(undefined, { remoteAddress: "127.0.0.1" })).statusCode).toBe(200);
  expect((await ask(undefined, { remoteAddress: "::1" })).statusCode).toBe(200);
  expect((await ask(undefined, { remoteAddress: "203.0.113.7" })).statusCode).toBe(404);
  expect((await ask(undefined, { remoteAddress: "127.0.0.1", ...proxied })).statusCode).toBe(404);
});

it("metrics are for who has the token where one is set", async () => {
  const ask = serve(new Secret("0123456789abcdef"));

  for (const wrong of [undefined, "0123456789abcdef", "Bearer 0123456789abcde", "Basic 0123456789abcdef"]) {
    const refused = await ask(wrong);
    expect([refused.statusCode, refused.headers["www-authenticate"]]).toEqual([
      401,
      'Bearer realm="metrics"',
    ]);
    expect(refused.body).not.toMatch(/aicd_outbox|0123456789abcdef/);
  }
  const given = await ask("Bearer 0123456789abcdef");
  expect([given.statusCode, given.body.includes("aicd_outbox_jobs_total")]).toEqual([200, true]);
});

function ready(role: "all" | "web" | "worker", options: { pool?: Pool; isAway?: boolean } = {}) {
  const server = fastify();
  const health = async () =>
    ({ kind: options.isAway ? "away" : "well" }) as Awaited<ReturnType<typeof queue.health>>;
  const probed = {
    pool: options.pool ?? database.pool,
    queue: { ...queue, health },
    metrics: createMetrics(),
    role,
  };
  server.register(healthRoutes(probed));
  afterAll(() => server.close());
  return server.inject("/readyz");
}

it("a queue that is away takes a worker out, and no door that only has to write", async () => {
  expect((await ready("web", { isAway: true })).statusCode).toBe(200);
  expect((await ready("web", { isAway: true })).json().warnings).toEqual(["the queue does not answer"]);
  expect((await ready("worker", { isAway: true })).statusCode).toBe(503);
});

it("a database that can only be read is no place to keep a webhook", async () => {
  const pool = database.createPool({});
  pool.on("connect", (client) => void client.query("SET default_transaction_read_only = on"));

  expect((await ready("web")).statusCode).toBe(200);
  expect((await ready("web", { pool })).json()).toMatchObject({
    ready: false,
    problems: ["the database cannot be written"],
  });
});

it("many questions at one time are one to the database", async () => {
  const pool = database.createPool({ role: SYSTEM_ROLE });
  const query = vi.spyOn(pool, "query");
  const server = fastify();
  server.register(healthRoutes({ pool, queue, metrics: createMetrics(), role: "web" }));
  afterAll(() => server.close());
  const answers = await Promise.all(Array.from({ length: 50 }, () => server.inject("/readyz")));

  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect(query).toHaveBeenCalledTimes(2);
});

it("jobs that wait are told of and close no door", async () => {
  await database.pool.query(
    "INSERT INTO outbox (job, payload, due_at) VALUES ('sweep', '{}', now() - interval '5 minutes')",
  );
  const answer = await ready("web");

  expect([answer.statusCode, answer.json().warnings]).toEqual([200, ["owed jobs wait for 300 s"]]);
});
