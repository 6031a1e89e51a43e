import { type CounterRedis, openCounters } from "@aicd/queue";
import { startTestRedis } from "@aicd/queue/testing";
import fastify from "fastify";
import { afterAll, describe, expect, it, vi } from "vitest";
import { ROUTES } from "../../api/routes.ts";
import { type Got, send } from "../../api/testing/client.ts";
import { createApiWorld } from "../../api/testing/world.ts";
import { HTTP_OPTIONS } from "../options.ts";
import { apiRoutes } from "../plugin.ts";
import { createRateLimiter } from "./rate-limiter.ts";
import { type Rate, ratesOf } from "./rates.ts";

const redis = await startTestRedis();
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)("two servers on one Redis", async () => {
  const clients = [open(), open()] as const;
  const [first, second] = clients.map((client) => createRateLimiter({ redis: client }));
  if (first === undefined || second === undefined) throw new Error("two limiters");
  await ready();
  const rates = ratesOf(30);
  const world = await createApiWorld({ rates, limiter: first });
  const { ours, theirs } = world;
  const other = fastify(HTTP_OPTIONS);
  const deps = { ...world.deps, limiter: second };
  other.register(apiRoutes(deps, { routes: ROUTES, rates }));
  const urls = [world.url, await other.listen({ port: 0, host: "127.0.0.1" })];
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    const closed = other.close();
    other.server.closeAllConnections();
    await closed;
  });

  function open(): CounterRedis {
    return openCounters({ url: redis?.url ?? "", onError() {} });
  }

  async function ready(): Promise<void> {
    await vi.waitFor(() => expect(clients.map(({ status }) => status)).toEqual(["ready", "ready"]), 10_000);
  }

  const read = (index: number, org: typeof ours, role: "owner" | "viewer") =>
    send(
      { url: urls[index % 2] ?? "" },
      { path: `/v1/organizations/${org.tenantId}`, token: org.users[role].token },
    );

  it("count one caller's requests together, and answer alike when there were too many", async () => {
    const answers: Got[] = await Promise.all(
      Array.from({ length: 40 }, (_, index) => read(index, ours, "owner")),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(30);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(10);
    for (const { headers, body } of refused) {
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(50);
      expect(headers.get("ratelimit")).toMatch(/^"caller";r=0;t=(5\d|60)$/);
      expect(body).toMatchObject({ type: "urn:aicd:problem:limited" });
    }
    expect((await read(0, ours, "viewer")).status).toBe(200);
    expect((await read(1, theirs, "owner")).status).toBe(200);
  });

  it("count alone while Redis is away, and together again when it is back", async () => {
    const rate: Rate = { name: "crash", capacity: 3, windowS: 60 };
    const take = async (limiter: typeof first, count: number) => {
      const granted: boolean[] = [];
      for (let i = 0; i < count; i++) granted.push((await limiter.take(rate, "key_1")).granted);
      return granted.filter(Boolean).length;
    };
    const away = await redis?.crash?.();
    if (away === undefined) return;

    expect(await take(first, 5)).toBe(3);
    expect(await take(second, 5)).toBe(3);

    await away.comeBack();
    await ready();
    expect((await take(first, 2)) + (await take(second, 5))).toBe(3);
  });
});
