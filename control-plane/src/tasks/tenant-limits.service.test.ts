import { isActive, TASK_STATES, TenantSettings } from "@aicd/core";
import { findLiveAttempt, putSettings } from "@aicd/db";
import { beforeEach, describe, expect, it } from "vitest";
import { createTaskWorld } from "../testing/tasks.ts";
import { pauseTenant } from "./pauses/pause-tenant.ts";
import { stopWork } from "./stop-work.ts";
import { leftOfMonth, mustGoOn, stopOf } from "./tenant-limits.ts";

const world = await createTaskWorld();
const { deps, tenantId } = world;
const FREE = TenantSettings.parse({});
const WORKING = ["QUEUED", "PLANNING", "CODING", "REVIEWING", "PUBLISHING"];

const set = (change: Partial<typeof FREE> | { monthlyBudgetMicroUsd: number }) =>
  world.inTenant((tx) => putSettings(tx, { ...FREE, ...change }));
beforeEach(async () => {
  await world.pool.query("DELETE FROM usage");
  await world.pool.query("DELETE FROM spend_months");
  await set({});
});

async function spend(microUsd: number): Promise<void> {
  const { task, attempt } = await world.task("CODING");
  if (attempt === undefined) throw new Error("nobody is at work");
  await world.pool.query(
    `INSERT INTO usage (tenant_id, id, key, task_id, attempt_id, provider, model, tokens, price, micro_usd)
     VALUES ($1, $2, $2, $3, $4, 'anthropic', 'm', '{}', '{}', $5)`,
    [tenantId, deps.mint("usage"), task.id, attempt.id, microUsd],
  );
}

describe("an organisation", () => {
  it("that set nothing lets everything go on", async () => {
    await spend(10_000_000);

    expect(await world.inTenant((tx) => stopOf(tx))).toBeUndefined();
    expect(await world.inTenant((tx) => leftOfMonth(tx))).toBeUndefined();
    await world.inTenant((tx) => mustGoOn(tx));
  });

  it("that is paused says who can end that", async () => {
    await set({ paused: true });

    expect(await world.inTenant((tx) => stopOf(tx))).toMatchObject({
      reason: "organization_paused",
      detail: expect.stringContaining("owner or admin"),
    });
    await expect(world.inTenant((tx) => mustGoOn(tx))).rejects.toMatchObject({ kind: "exhausted" });
  });

  it.each([
    [400_000, undefined, 100_000],
    [500_000, "organization_budget_exhausted", 0],
    [600_000, "organization_budget_exhausted", 0],
  ])("that spent %d of 500000 is stopped by %s, with %d left", async (spent, reason, left) => {
    await set({ monthlyBudgetMicroUsd: 500_000 });
    await spend(spent);

    expect((await world.inTenant((tx) => stopOf(tx)))?.reason).toBe(reason);
    expect(await world.inTenant((tx) => leftOfMonth(tx))).toBe(left);
  });

  it("begins a new month with nothing spent", async () => {
    await set({ monthlyBudgetMicroUsd: 500_000 });
    await spend(600_000);
    await world.pool.query(
      "UPDATE usage SET created_at = date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1 second'",
    );

    expect(await world.inTenant((tx) => stopOf(tx))).toBeUndefined();
  });
});

describe("stopped work", () => {
  it.each(TASK_STATES)("a task that is %s", async (state) => {
    const { task } = await world.task(state);

    await stopWork(deps, tenantId, "The App is gone.");

    const after = await world.find(task.id);
    expect(after?.state).toBe(WORKING.includes(state) ? "CANCELLED" : state);
    if (WORKING.includes(state)) expect(after).toMatchObject({ detail: "The App is gone.", progress: null });
    // What waits for a person goes on waiting.
    if (isActive(state) && !WORKING.includes(state)) expect(after?.state).toBe(state);
  });

  it("tells the runner at its next heartbeat", async () => {
    const { task } = await world.task("CODING");

    await stopWork(deps, tenantId, "The App is gone.");

    const attempt = await world.inTenant((tx) => findLiveAttempt(tx, task.id));
    expect(attempt?.cancelReason).toBe("The App is gone.");
  });

  it("of some repositories leaves the others alone", async () => {
    const { task } = await world.task("CODING");

    await stopWork(deps, tenantId, "gone", [deps.mint("repository")]);
    expect((await world.find(task.id))?.state).toBe("CODING");

    await stopWork(deps, tenantId, "gone", [world.repositoryId]);
    expect((await world.find(task.id))?.state).toBe("CANCELLED");
  });
});

describe("the job of a pause", () => {
  it("ends what is under way", async () => {
    const { task } = await world.task("CODING");
    await set({ paused: true });

    await pauseTenant(deps, { tenantId });

    expect(await world.find(task.id)).toMatchObject({
      state: "CANCELLED",
      detail: expect.stringContaining("paused"),
    });
  });

  it("does nothing when the pause is over again", async () => {
    const { task } = await world.task("CODING");

    await pauseTenant(deps, { tenantId });

    expect((await world.find(task.id))?.state).toBe("CODING");
  });
});
