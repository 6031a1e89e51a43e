import { appendAudit, useOidcToken } from "@aicd/db";
import { expect, it } from "vitest";
import { createTaskWorld } from "../testing/tasks.ts";
import { chainAuditLogs } from "./chain-audit.ts";
import { forget } from "./forget.ts";

const world = await createTaskWorld();
const { deps, tenantId } = world;

it("tokens that opened a lease are known for a day, and no longer", async () => {
  const { attempt } = await world.task("CODING");
  const attemptId = attempt?.id ?? deps.mint("attempt");
  await world.inTenant((tx) => useOidcToken(tx, { jti: "old", attemptId }));
  await world.inTenant((tx) => useOidcToken(tx, { jti: "new", attemptId }));
  await world.pool.query("UPDATE oidc_tokens SET used_at = now() - interval '25 hours' WHERE jti = 'old'");

  await forget(deps);

  const { rows } = await world.pool.query("SELECT jti FROM oidc_tokens");
  expect(rows).toEqual([{ jti: "new" }]);
});

it("answers that were kept for a repetition are kept for a day", async () => {
  const keep = (key: string, hours: number) =>
    world.pool.query(
      `INSERT INTO idempotency_keys (tenant_id, actor_id, key, request_hash, created_at)
       VALUES ($1, 'key_1', $2, '', now() - $3 * interval '1 hour')`,
      [tenantId, key, hours],
    );
  await keep("old", 25);
  await keep("new", 23);

  await forget(deps);

  const { rows } = await world.pool.query("SELECT key FROM idempotency_keys");
  expect(rows).toEqual([{ key: "new" }]);
});

it("a dead job is kept for two weeks; then its webhook no longer holds the bodies of its batch", async () => {
  const { rows: batches } = await world.pool.query<{ id: string }>(
    `INSERT INTO webhook_batches (body, bytes, created_at) VALUES ('x', 1, now() - interval '15 days') RETURNING id`,
  );
  const ids = ["0e8a3b0c-0000-4000-8000-000000000001", "0e8a3b0c-0000-4000-8000-000000000002"];
  for (const [index, id] of ids.entries()) {
    await world.pool.query(
      `INSERT INTO webhook_deliveries (id, event, batch_id, body_start, body_length, processed_at)
       VALUES ($1, 'issues', $2, 0, 1, CASE WHEN $3 = 0 THEN now() END)`,
      [id, batches[0]?.id, index],
    );
  }
  const bury = (deliveryId: string | undefined, days: number) =>
    world.pool.query(
      `INSERT INTO outbox (job, payload, dead_at) VALUES ('receive-delivery', $1, now() - $2 * interval '1 day')`,
      [JSON.stringify({ deliveryId }), days],
    );
  await bury(ids[1], 15);
  await bury("no GUID", 15);
  await bury("young", 13);

  await forget(deps);

  const { rows: jobs } = await world.pool.query("SELECT payload FROM outbox WHERE dead_at IS NOT NULL");
  expect(jobs).toEqual([{ payload: { deliveryId: "young" } }]);
  const { rows: left } = await world.pool.query("SELECT bytes FROM webhook_batches");
  expect(left).toEqual([{ bytes: 0 }]);
});

it("every audit entry that is final joins its tenant's chain, once", async () => {
  const entry = {
    actor: { kind: "system" as const, id: "test" },
    action: "secret.set" as const,
    target: "b",
    detail: {},
  };
  await world.inTenant((tx) => appendAudit(tx, deps.mint, entry));
  await world.inTenant((tx) => appendAudit(tx, deps.mint, entry));

  // An entry is final once no older transaction of the whole server is open, those of other tests included.
  await expect
    .poll(async () => {
      await Promise.all([chainAuditLogs(deps), chainAuditLogs(deps)]);
      return (await world.pool.query("SELECT seq::int FROM audit_chain ORDER BY seq")).rows;
    })
    .toEqual([{ seq: 1 }, { seq: 2 }]);
});

it("conversations are kept as long as a plan can be approved, and no longer", async () => {
  const transcript = { by: "anthropic/m", startSha: "s", atMs: 1, body: "what was read" };
  const keep = async (days: number) => {
    const { task } = await world.task("AWAITING_APPROVAL");
    const { planId, id: taskId } = task;
    if (planId === null) throw new Error("no plan");
    await world.inTenant((tx) => deps.transcripts.keep(tx, { taskId, planId }, transcript));
    await world.pool.query(
      "UPDATE transcripts SET created_at = now() - $2 * interval '1 day' WHERE task_id = $1",
      [taskId, days],
    );
    return taskId;
  };
  await keep(15);
  const young = await keep(13);

  await forget(deps);

  const { rows } = await world.pool.query("SELECT task_id FROM transcripts");
  expect(rows).toEqual([{ task_id: young }]);
});
