import pg from "pg";
import { expect, it, onTestFinished, vi } from "vitest";
import { isWrite } from "../http/route.ts";
import { ROUTES } from "./routes.ts";
import { requestTo } from "./testing/cases.ts";
import { send } from "./testing/client.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, theirs } = world;
const { pool } = world.database;
/** Waits for an approval still, when the other's is approved already. */
const ELSEWHERE = new Set(["reviseTask"]);
/** This server sells nothing, so they do nothing here; `billing` has tests of its own. */
const SELLING = new Set(["openCheckout", "openCustomerPortal", "setOverage"]);
const writes = ROUTES.filter(({ id, method }) => isWrite(method) && !SELLING.has(id)).map(
  (route) => [route.id, route] as const,
);

const effects = async () => {
  const { rows } = await pool.query<{ n: number }>("SELECT count(*)::int AS n FROM audit_log");
  return rows[0]?.n ?? 0;
};

/** From the commit of a transaction that wrote something down on, nothing is written any more. */
function dieAfterCommit(): { revive: () => void; died: () => boolean } {
  const original = pg.Client.prototype.query;
  const writing = new WeakSet<pg.Client>();
  let dead = false;
  const spy = vi.spyOn(pg.Client.prototype, "query").mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [config] = args as [string | { text: string }];
    const text = typeof config === "string" ? config : config.text;
    if (dead && text.includes("idempotency_keys")) return Promise.reject(new Error("killed"));
    if (text.includes('insert into "audit_log"')) writing.add(this);
    if (text === "COMMIT" && writing.has(this)) dead = true;
    return Reflect.apply(original, this, args);
  } as typeof original);
  onTestFinished(() => spy.mockRestore());
  return { revive: () => spy.mockRestore(), died: () => dead };
}

it.each(writes)(
  "%s is done once, and answered, when the process dies after it was done",
  async (id, route) => {
    const org = ELSEWHERE.has(id) ? theirs : ours;
    const request = {
      ...requestTo(route, org),
      token: org.users.owner.token,
      headers: { "idempotency-key": `once-${id}` },
    };
    const before = await effects();
    const { revive, died } = dieAfterCommit();
    await send(world, request);
    revive();
    expect(died()).toBe(true);
    expect(await effects()).toBe(before + 1);
    await pool.query(
      "UPDATE idempotency_keys SET created_at = created_at - interval '2 minutes' WHERE status IS NULL",
    );

    const again = await send(world, request);

    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.status).toBeOneOf(Object.keys(route.answers).map(Number));
    expect(await effects()).toBe(before + 1);
  },
);

it("a request that took so long that its key went to another one does nothing", async () => {
  const request = {
    method: "POST",
    path: `/v1/organizations/${ours.tenantId}/api-keys`,
    token: ours.users.owner.token,
    body: { name: "slow", role: "viewer" },
    headers: { "idempotency-key": "slow" },
  };
  const holder = await pool.connect();
  await holder.query("BEGIN; LOCK TABLE api_keys IN EXCLUSIVE MODE");
  const slow = send(world, request);
  const waiting = "SELECT FROM pg_locks WHERE relation = 'api_keys'::regclass AND NOT granted";
  await vi.waitFor(async () => expect((await pool.query(waiting)).rowCount).toBe(1), 10_000);
  await pool.query(
    "UPDATE idempotency_keys SET created_at = created_at - interval '2 minutes' WHERE key = 'slow'",
  );
  const second = send(world, request);
  await vi.waitFor(async () => expect((await pool.query(waiting)).rowCount).toBe(2), 10_000);

  await holder.query("COMMIT");
  holder.release();
  const answers = await Promise.all([slow, second]);

  const { rows } = await pool.query("SELECT FROM api_keys WHERE name = 'slow'");
  expect(rows).toHaveLength(1);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
});
