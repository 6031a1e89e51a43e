import { createTestDatabase } from "@aicd/db/testing";
import { createLogger, createMetrics, createRedactor, Secret } from "@aicd/ops";
import { createQueue } from "@aicd/queue";
import fastify from "fastify";
import { afterAll, expect, it } from "vitest";
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
  server.register(healthRoutes({ pool: database.pool, queue, metrics: createMetrics(), metricsToken }));
  afterAll(() => server.close());
  return (authorization?: string) =>
    server.inject({
      url: "/metrics",
      headers: authorization === undefined ? {} : { authorization },
    });
}

it("metrics are open where no token is set", async () => {
  expect((await serve()()).statusCode).toBe(200);
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
