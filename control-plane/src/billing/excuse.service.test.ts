import { randomBytes } from "node:crypto";
import { createMint, LIST_PRICES, NO_TOKENS, type UsageId } from "@aicd/core";
import { reserve, settle } from "@aicd/db";
import { beforeEach, describe, expect, it } from "vitest";
import { failAttempt } from "../tasks/end-attempt.ts";
import { stopAttempt } from "../tasks/stop-attempt.ts";
import { createTaskWorld } from "../testing/tasks.ts";

const world = await createTaskWorld();
const { deps, pool, tenantId } = world;
const mint = createMint({ now: Date.now, random: randomBytes });
const price = LIST_PRICES.priceOf("claude-sonnet-5-5");

/** A plan at Stripe that bills what goes beyond $1. */
beforeEach(async () => {
  await pool.query("DELETE FROM meter_events");
  await pool.query("DELETE FROM entitlements");
  await pool.query(
    `INSERT INTO entitlements
       (tenant_id, seller, plan, state, seats, overage, included_micro_usd, period_start, period_end)
     VALUES ($1, 'stripe', 'team', 'active', 1, true, 1000000, now(), now() + interval '1 month')`,
    [tenantId],
  );
});

async function working() {
  const { task, attempt } = await world.task("CODING");
  if (attempt === undefined) throw new Error("nobody is at work");
  const tokenHash = randomBytes(32);
  await pool.query(
    "UPDATE attempts SET token_hash = $2, lease_until = now() + interval '1 hour' WHERE id = $1",
    [attempt.id, tokenHash],
  );
  return { task, attempt, tokenHash };
}
type Working = Awaited<ReturnType<typeof working>>;

async function begin({ attempt, tokenHash }: Working): Promise<UsageId> {
  const id = mint("usage");
  const call = { id, attemptId: attempt.id, tokenHash, provider: "anthropic", model: "m", tokens: NO_TOKENS };
  await world.inTenant((tx) => reserve(tx, { ...call, price, microUsd: 900 }));
  return id;
}

async function use(work: Working, microUsd: number): Promise<UsageId> {
  const id = await begin(work);
  await book(id, microUsd);
  return id;
}

const came = (microUsd: number) => ({ model: "m", tokens: NO_TOKENS, price, microUsd, estimated: false });
const book = (id: UsageId, microUsd: number) => world.inTenant((tx) => settle(tx, id, came(microUsd)));

/** A transaction waits for a row that another one has. */
async function oneWaits(): Promise<void> {
  const waiting =
    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  await expect.poll(async () => (await pool.query(waiting)).rowCount, { interval: 10 }).toBe(1);
}

const fail = ({ attempt }: Working, reason: Parameters<typeof failAttempt>[2]["reason"]) =>
  world.inTenant((tx) => failAttempt(deps, tx, { attempt, state: "failed", reason, detail: "It ended." }));

async function billOf({ task }: Working) {
  const { rows } = await pool.query(
    `SELECT micro_usd::int AS cost, billable_micro_usd::int AS billed, unbilled_reason AS why
     FROM usage WHERE task_id = $1 ORDER BY micro_usd`,
    [task.id],
  );
  return rows;
}
const metered = async () =>
  (await pool.query("SELECT micro_usd::int AS owed FROM meter_events ORDER BY key")).rows.map(
    ({ owed }) => owed,
  );

describe("calls of an attempt that failed", () => {
  it("by no doing of the customer's are taken off the bill, and each row says why", async () => {
    const work = await working();
    await use(work, 300);
    await use(work, 500);

    await fail(work, "internal_error");

    expect(await billOf(work)).toEqual([
      { cost: 300, billed: 0, why: "internal_error" },
      { cost: 500, billed: 0, why: "internal_error" },
    ]);
    const { rows } = await pool.query("SELECT used_micro_usd::int AS used FROM entitlements");
    expect(rows).toEqual([{ used: 0 }]);
    // They were spent all the same: no budget is given back.
    expect(await world.find(work.task.id)).toMatchObject({ spentMicroUsd: 800 });
  });

  it("that the meter has had already are owed back to it", async () => {
    const work = await working();
    await use(work, 300);
    await pool.query("UPDATE meter_events SET asked_at = now(), sent_at = now()");

    await fail(work, "runner_lost");

    expect(await metered()).toEqual([300, -300]);
  });

  it.each(["checks_failed", "budget_exhausted", "setup_failed"] as const)(
    "by %s are billed",
    async (reason) => {
      const work = await working();
      await use(work, 300);

      await fail(work, reason);

      expect(await billOf(work)).toEqual([{ cost: 300, billed: 300, why: null }]);
    },
  );

  it("are billed where a person ended it", async () => {
    const work = await working();
    await use(work, 300);

    await world.inTenant((tx) => stopAttempt(deps, tx, work.task.id, "by mona"));

    expect(await billOf(work)).toEqual([{ cost: 300, billed: 300, why: null }]);
  });

  it("are excused too when their count comes after the end", async () => {
    const work = await working();
    const underWay = await begin(work);
    await fail(work, "model_unavailable");

    await book(underWay, 400);

    expect(await billOf(work)).toEqual([{ cost: 400, billed: 0, why: "model_unavailable" }]);
    expect(await metered()).toEqual([]);
  });

  it("are excused when the end waits for one that is being booked", async () => {
    const work = await working();
    const underWay = await begin(work);
    const began = Promise.withResolvers<void>();
    const booking = world.inTenant(async (tx) => {
      await settle(tx, underWay, came(400));
      began.resolve();
      await oneWaits();
    });
    await began.promise;

    await Promise.all([booking, fail(work, "internal_error")]);

    expect(await billOf(work)).toEqual([{ cost: 400, billed: 0, why: "internal_error" }]);
  });

  it("are excused when one waits for the end to be booked", async () => {
    const work = await working();
    const underWay = await begin(work);
    const began = Promise.withResolvers<void>();
    const ending = world.inTenant(async (tx) => {
      await failAttempt(deps, tx, {
        ...work,
        state: "failed",
        reason: "internal_error",
        detail: "It ended.",
      });
      began.resolve();
      await oneWaits();
    });
    await began.promise;

    await Promise.all([ending, book(underWay, 400)]);

    expect(await billOf(work)).toEqual([{ cost: 400, billed: 0, why: "internal_error" }]);
  });

  it("are excused for good: a guess that is put right later stays off the bill", async () => {
    const work = await working();
    const id = await use(work, 400);
    await pool.query("UPDATE usage SET estimated = true WHERE id = $1", [id]);
    await fail(work, "runner_lost");

    await book(id, 700);

    expect(await billOf(work)).toEqual([{ cost: 700, billed: 0, why: "runner_lost" }]);
  });
});
