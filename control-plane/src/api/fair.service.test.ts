import { expect, it, vi } from "vitest";
import { send } from "./testing/client.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, theirs, database } = world;

it("a burst of one caller waits for itself: others are answered, and nothing of it is lost", async () => {
  const loud = await world.key(ours, "owner");
  const quiet = await world.key(theirs, "owner");
  const holder = await database.pool.connect();
  await holder.query("BEGIN");
  // As a slow query would: whoever lists repositories keeps a connection of the server's until this ends.
  await holder.query("LOCK TABLE code_indexes IN ACCESS EXCLUSIVE MODE");

  const burst = Array.from({ length: 40 }, () =>
    send(world, { path: `/v1/organizations/${ours.tenantId}/repositories`, token: loud }),
  );
  await vi.waitFor(async () => {
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS n FROM pg_locks WHERE relation = 'code_indexes'::regclass AND NOT granted",
    );
    expect(rows[0].n).toBeGreaterThanOrEqual(6);
  }, 10_000);
  const other = await send(world, { path: `/v1/organizations/${theirs.tenantId}/members`, token: quiet });
  const { rows: held } = await database.pool.query(
    "SELECT count(*)::int AS n FROM pg_locks WHERE relation = 'code_indexes'::regclass AND NOT granted",
  );
  await holder.query("COMMIT");
  holder.release();

  expect(other.status).toBe(200);
  expect(held[0].n).toBe(6);
  expect((await Promise.all(burst)).map(({ status }) => status)).toEqual(burst.map(() => 200));
});
