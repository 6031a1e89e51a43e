import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestDatabase } from "@aicd/db/testing";
import { afterAll, beforeEach, expect, it } from "vitest";
import { createTestDeps } from "../testing/deps.ts";
import { LOCK, redeliverFailed } from "./redeliver.ts";

const HOUR = 3_600_000;
let status = 200;
const server = createServer((_request, response) => response.writeHead(status).end());
server.listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => server.close());
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const database = await createTestDatabase();
const { deps, github } = createTestDeps(database, { url, directory: "/nowhere" });

beforeEach(() => {
  status = 200;
  github.deliveries.length = 0;
  github.redelivered.length = 0;
});

function failed(id: number, hoursAgo: number) {
  const delivered_at = new Date(Date.now() - hoursAgo * HOUR).toISOString();
  return { id, guid: `guid-${id}`, delivered_at, status_code: 502 };
}

it("asks for what failed within three days, however many pages back, and for nothing older", async () => {
  github.deliveries.push(
    ...Array.from({ length: 25 }, (_, page) => [failed(page + 1, page * 2 + 1)]),
    [failed(26, 71), failed(27, 73)],
    [failed(28, 80)],
  );

  expect(await redeliverFailed(deps)).toEqual({ asked: 26, lost: 0 });

  expect(github.redelivered).toEqual(Array.from({ length: 26 }, (_, index) => index + 1));
});

it("asks for nothing while our own address does not answer", async () => {
  github.deliveries.push([failed(1, 1)]);
  status = 503;

  expect(await redeliverFailed(deps)).toEqual({ asked: 0, lost: 0 });

  expect(github.redelivered).toEqual([]);
});

it("is done by one process at a time", async () => {
  github.deliveries.push([failed(1, 1)]);
  const other = await database.pool.connect();
  await other.query("SELECT pg_advisory_lock($1)", [LOCK]);

  const beside = await redeliverFailed(deps);
  await other.query("SELECT pg_advisory_unlock($1)", [LOCK]);
  other.release();

  expect(beside).toEqual({ asked: 0, lost: 0 });
  expect(await redeliverFailed(deps)).toEqual({ asked: 1, lost: 0 });
});
