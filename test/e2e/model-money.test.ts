import { createServer, type ServerResponse } from "node:http";
import { expect, it, onTestFinished, vi } from "vitest";
import { clientOf, dispatched, tokenFor } from "../world/runner.ts";
import { createWorld, REPO } from "../world/world.ts";

/** A vendor that begins to answer and does not come to an end. */
const vendor = createServer((request, response: ServerResponse) => {
  request.resume().on("end", () => {
    response.setHeader("content-type", "text/event-stream");
    const message = { model: "claude-sonnet-5-5", usage: { input_tokens: 1_000, output_tokens: 1 } };
    response.write(`data: ${JSON.stringify({ type: "message_start", message })}\n\n`);
    const delta = { type: "text_delta", text: "word".repeat(50) };
    response.write(`data: ${JSON.stringify({ type: "content_block_delta", delta })}\n\n`);
  });
});
await new Promise<void>((resolve) => vendor.listen(0, "127.0.0.1", resolve));
const address = vendor.address();
const vendorUrl = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";

it("a stream that a server's end cuts is booked: as counted when it stops, as the most when it is killed", async () => {
  const world = await createWorld({
    env: { ANTHROPIC_BASE_URL: vendorUrl, ANTHROPIC_API_KEY: "sk-ant-of-the-operator-0123456789" },
    after: (work) =>
      onTestFinished(async () => {
        await work();
        vendor.closeAllConnections();
        vendor.close();
      }),
  });
  const { pool } = world.database;
  const issue = await world.person.openIssue(REPO, { title: "Make the widget two" });
  await world.person.label(REPO, issue.number, "aicd");
  const run = await dispatched(world, 0);
  const lease = await clientOf(world).lease(() => tokenFor(world, run), {
    attemptId: run.attemptId,
    runKey: run.runKey,
  });
  await pool.query("UPDATE attempts SET lease_until = now() + interval '1 hour'");
  const stream = async () => {
    const { body } = await fetch(`${world.url}/v1/models/anthropic/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": lease.leaseToken },
      body: JSON.stringify({
        model: lease.models.planner.model,
        max_tokens: 1_000,
        stream: true,
        messages: [{ role: "user", content: "hi" }],
      }),
    });
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    let heard = "";
    while (!heard.includes("wordword")) heard += new TextDecoder().decode((await reader.read()).value);
    reader.closed.catch(() => undefined);
  };
  const booked = async () =>
    (await pool.query("SELECT tokens, estimated FROM usage ORDER BY created_at")).rows as unknown[];

  await stream();
  await world.server.stop();
  expect(await booked()).toEqual([
    { tokens: { input: 1_000, output: 50, cacheRead: 0, cacheWrite: 0 }, estimated: true },
  ]);

  await world.server.start();
  await stream();
  const { rows } = await pool.query("SELECT held_micro_usd::int AS held FROM reservations");
  await world.server.kill();
  await pool.query("UPDATE reservations SET seen_at = now() - interval '2 minutes'");
  await world.server.start();
  await vi.waitFor(async () => expect(await booked()).toHaveLength(2), { timeout: 20_000, interval: 100 });

  const { rows: sums } = await pool.query(
    `SELECT spent_micro_usd = (SELECT sum(micro_usd) FROM usage) AS booked, held_micro_usd::int AS held,
       (SELECT max(micro_usd)::int FROM usage) AS most FROM tasks`,
  );
  expect(sums).toEqual([{ booked: true, held: 0, most: rows[0]?.held }]);
}, 120_000);
