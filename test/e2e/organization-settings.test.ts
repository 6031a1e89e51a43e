import { createServer } from "node:http";
import { expect, it, onTestFinished, vi } from "vitest";
import { createBrowser } from "../world/browser.ts";
import { clientOf, dispatched, tokenFor } from "../world/runner.ts";
import { createWorld, HUMAN, REPO, type World } from "../world/world.ts";

/** A vendor whose every answer costs the same. */
const vendor = createServer((request, response) => {
  request.resume().on("end", () => {
    response.setHeader("content-type", "application/json");
    const usage = { input_tokens: 100_000, output_tokens: 1_000 };
    response.end(JSON.stringify({ id: "msg_1", type: "message", role: "assistant", content: [], usage }));
  });
});
await new Promise<void>((resolve) => vendor.listen(0, "127.0.0.1", resolve));
const address = vendor.address();
const vendorUrl = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";

async function open(): Promise<{
  world: World;
  set: (body: object) => Promise<void>;
  label: () => Promise<number>;
  lease: (index: number) => Promise<{
    models: string;
    ask: () => Promise<[number, string]>;
    giveUp: () => Promise<void>;
    cancelled: () => Promise<unknown>;
  }>;
  task: (
    issue: number,
  ) => Promise<{ state: string; reason: string | null; detail: string | null } | undefined>;
}> {
  const world = await createWorld({
    env: { ANTHROPIC_BASE_URL: vendorUrl, ANTHROPIC_API_KEY: "sk-ant-operator-0123456789" },
    after: onTestFinished,
  });
  const { url, person } = world;
  const browser = createBrowser();
  await person.openIssue(REPO, { title: "So that there is an organisation" });
  await vi.waitUntil(
    async () => (await world.database.pool.query("SELECT FROM repositories")).rowCount === 1,
    { timeout: 20_000 },
  );
  await browser.signIn(`${url}/auth/github`, HUMAN);
  const session = (await (await browser.fetch(`${url}/auth/session`)).json()) as {
    organizations: { id: string }[];
    csrf: { token: string };
  };
  const settings = `${url}/v1/organizations/${session.organizations[0]?.id}/settings`;
  return {
    world,
    async set(body) {
      const answer = await browser.fetch(settings, {
        method: "PATCH",
        headers: { "content-type": "application/json", "x-csrf-token": session.csrf.token, origin: url },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(200);
    },
    async label() {
      const { number } = await person.openIssue(REPO, { title: "Make the widget two" });
      await person.label(REPO, number, "aicd");
      return number;
    },
    async lease(index) {
      const run = await dispatched(world, index);
      const client = clientOf(world);
      const granted = await client.lease(() => tokenFor(world, run), {
        attemptId: run.attemptId,
        runKey: run.runKey,
      });
      const { leaseToken, epoch, models } = granted;
      return {
        models: models.planner.model,
        async ask() {
          const answer = await fetch(`${url}/v1/models/anthropic/v1/messages`, {
            method: "POST",
            headers: { "content-type": "application/json", "x-api-key": leaseToken },
            body: JSON.stringify({ model: models.planner.model, max_tokens: 10, messages: [] }),
          });
          return [answer.status, await answer.text()];
        },
        giveUp: () =>
          client.result(
            { token: leaseToken, epoch },
            { kind: "failed", reason: "budget_exhausted", detail: "No more model calls are paid for." },
          ),
        cancelled: async () => (await client.heartbeat({ token: leaseToken, epoch })).cancel,
      };
    },
    async task(issue) {
      const { rows } = await world.database.pool.query(
        "SELECT state, reason, detail FROM tasks WHERE issue_number = $1",
        [issue],
      );
      return rows[0];
    },
  };
}

it("a pause ends what runs within a heartbeat, lets nothing begin, and is said on the thread", async () => {
  const { world, set, label, lease, task } = await open();
  await set({ provider: "anthropic", model: "claude-haiku-5-5" });
  const issue = await label();
  const running = await lease(0);
  expect(running.models).toBe("claude-haiku-5-5");
  expect((await running.ask())[0]).toBe(200);

  await set({ paused: true });

  expect(await running.ask()).toEqual([402, expect.stringContaining("is paused for this organisation")]);
  await vi.waitUntil(async () => (await task(issue))?.state === "CANCELLED", { timeout: 10_000 });
  expect(await running.cancelled()).toEqual({ reason: expect.stringContaining("paused") });
  const later = await label();
  await vi.waitUntil(async () => (await task(later))?.state === "FAILED", { timeout: 10_000 });
  expect(await task(later)).toMatchObject({ reason: "organization_paused" });
  const said = (word: string) => () =>
    world.github.ledger.some((entry) => JSON.stringify(entry.body ?? {}).includes(word));
  await vi.waitUntil(said("AI-CD was paused for this organisation"), { timeout: 10_000 });
  await vi.waitUntil(said("The organisation has paused AI-CD. When an owner or admin"), { timeout: 10_000 });

  await set({ paused: false });
  await world.person.comment(REPO, later, "/aicd retry");
  await lease(1);
});

it("a month's budget is asked before each call and each attempt, and who is over it is told so", async () => {
  const { world, set, label, lease, task } = await open();
  await set({ monthlyBudgetMicroUsd: 1_000 });
  const issue = await label();
  const running = await lease(0);
  expect((await running.ask())[0]).toBe(200);
  await vi.waitUntil(async () => (await world.database.pool.query("SELECT FROM usage")).rowCount === 1, {
    timeout: 10_000,
  });

  expect(await running.ask()).toEqual([402, expect.stringContaining("it allows in a month")]);
  const later = await label();
  await vi.waitUntil(async () => (await task(later))?.state === "FAILED", { timeout: 10_000 });
  expect(await task(later)).toMatchObject({
    reason: "organization_budget_exhausted",
    detail: expect.stringMatching(/has spent \$\d.* of the \$0\.00/),
  });
  expect((await task(issue))?.state).toBe("PLANNING");

  await set({ monthlyBudgetMicroUsd: null });
  expect((await running.ask())[0]).toBe(200);
  await world.person.comment(REPO, later, "/aicd retry");
  const other = await lease(1);
  await set({ monthlyBudgetMicroUsd: 1_000 });
  await other.giveUp();
  expect(await task(later)).toMatchObject({
    state: "FAILED",
    reason: "organization_budget_exhausted",
    detail: expect.stringContaining("it allows in a month"),
  });
});
