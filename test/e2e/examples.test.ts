import { createHmac, randomUUID } from "node:crypto";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import { expect, it } from "vitest";
import { createWorld } from "../world/world.ts";

const world = await createWorld({});
const { pool } = world.database;

async function deliver(id: string, event: string, payload: unknown): Promise<number> {
  const body = JSON.stringify(payload);
  const answer = await fetch(`${world.url}/api/github/webhooks`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${createHmac("sha256", world.app.webhookSecret).update(body).digest("hex")}`,
    },
    body,
  });
  return answer.status;
}

it("takes every event GitHub is known to send, and does nothing for installations that are not ours", async () => {
  const all = (examples as unknown as { name: string; examples: unknown[] }[]).flatMap(
    ({ name, examples: payloads }) => payloads.map((payload) => ({ id: randomUUID(), name, payload })),
  );

  const statuses = await Promise.all(all.map(({ id, name, payload }) => deliver(id, name, payload)));

  expect(all.length).toBeGreaterThan(200);
  expect(new Set(statuses)).toEqual(new Set([202]));
  await expect
    .poll(
      async () =>
        (await pool.query("SELECT count(*)::int AS n FROM outbox WHERE job = 'receive-delivery'")).rows[0].n,
      {
        timeout: 60_000,
        interval: 250,
      },
    )
    .toBe(0);
  const stored = await pool.query(
    "SELECT count(*)::int AS n, count(processed_at)::int AS processed FROM webhook_deliveries WHERE id = ANY($1)",
    [all.map(({ id }) => id)],
  );
  expect(stored.rows[0]).toEqual({ n: all.length, processed: all.length });
  expect((await pool.query("SELECT count(*)::int AS n FROM tasks")).rows[0].n).toBe(0);
});
