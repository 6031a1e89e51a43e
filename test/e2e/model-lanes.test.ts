import { createServer, type ServerResponse } from "node:http";
import { expect, it, onTestFinished, vi } from "vitest";
import { clientOf, dispatched, tokenFor } from "../world/runner.ts";
import { createWorld, REPO } from "../world/world.ts";

const ANSWER = JSON.stringify({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [{ type: "text", text: "hello" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 10, output_tokens: 5 },
});

/** A vendor that answers when it is told to. */
const held: ServerResponse[] = [];
const vendor = createServer((request, response) => {
  request.resume().on("end", () => held.push(response));
});
await new Promise<void>((resolve) => vendor.listen(0, "127.0.0.1", resolve));
const address = vendor.address();
const vendorUrl = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";

function answerAll(): void {
  for (const response of held.splice(0)) {
    response.setHeader("content-type", "application/json");
    response.end(ANSWER);
  }
}

it("an attempt makes a bounded number of model calls at once, also when it hangs up on them", async () => {
  const world = await createWorld({
    env: { ANTHROPIC_BASE_URL: vendorUrl, ANTHROPIC_API_KEY: "sk-ant-of-the-operator-0123456789" },
    after: (work) =>
      onTestFinished(async () => {
        answerAll();
        await work();
        vendor.close();
      }),
  });
  const issue = await world.person.openIssue(REPO, { title: "Make the widget two" });
  await world.person.label(REPO, issue.number, "aicd");
  const run = await dispatched(world, 0);
  const lease = await clientOf(world).lease(() => tokenFor(world, run), {
    attemptId: run.attemptId,
    runKey: run.runKey,
  });
  const hangUp = new AbortController();
  const ask = () =>
    fetch(`${world.url}/v1/models/anthropic/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": lease.leaseToken },
      body: JSON.stringify({
        model: lease.models.planner.model,
        max_tokens: 10,
        messages: [{ role: "user", content: "hi" }],
      }),
      signal: hangUp.signal,
    });

  const first = Array.from({ length: 8 }, () =>
    ask().then(
      ({ status }) => status,
      () => 0,
    ),
  );
  await vi.waitFor(() => expect(held).toHaveLength(8), 10_000);
  const ninth = await ask();
  hangUp.abort();
  await Promise.all(first);
  const again = await fetch(`${world.url}/v1/models/anthropic/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": lease.leaseToken },
    body: JSON.stringify({ model: lease.models.planner.model, max_tokens: 10, messages: [] }),
  });

  expect([ninth.status, ninth.headers.get("retry-after")]).toEqual([429, "5"]);
  expect(again.status, "the vendor still works, and is paid, for those that hung up").toBe(429);
  expect(held).toHaveLength(8);
  answerAll();
  await vi.waitFor(async () => {
    const { rows } = await world.database.pool.query("SELECT count(*)::int AS n FROM usage");
    expect(rows[0]?.n).toBe(8);
  }, 10_000);
});
