import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LIST_PRICES, TenantSettings } from "@aicd/core";
import { beginServerPause, endServerPause, putSettings } from "@aicd/db";
import { createLogger, createRedactor, Secret } from "@aicd/ops";
import fastify from "fastify";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { HTTP_OPTIONS } from "../http/options.ts";
import { problemHandler } from "../http/problems/problem-handler.ts";
import { hashToken } from "../identity/authenticate-runner.ts";
import { sweep } from "../sweep/sweep.ts";
import { createTaskWorld } from "../testing/tasks.ts";
import { modelRoutes } from "./gateway.ts";
import { createUsageKeeper } from "./kept-usage.ts";
import { createLedger } from "./ledger.ts";

const MODEL = "claude-sonnet-5-5";
const FREE = TenantSettings.parse({});

const world = await createTaskWorld();
const { deps, pool, tenantId } = world;
const directory = await mkdtemp(join(tmpdir(), "aicd-usage-"));

/** A vendor that answers as it is told: each call with its bounds used up, or held, or refused. */
const vendor = {
  answer: (_response: ServerResponse, _body: { max_tokens: number }, _bytes: number) => {},
  calls: 0,
};
const http = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    vendor.calls += 1;
    const body = Buffer.concat(chunks);
    vendor.answer(response, JSON.parse(body.toString()), body.length);
  });
});
await new Promise<void>((resolve) => http.listen({ port: 0, host: "127.0.0.1", backlog: 2_000 }, resolve));
const address = http.address();
const baseUrl = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";

// What is tried here fails on purpose.
const log = createLogger({ level: "fatal", redactor: createRedactor() });
const keeper = createUsageKeeper({ directory, log });
const ledger = createLedger({ db: deps.db, log, keeper });
const server = fastify(HTTP_OPTIONS);
server.setErrorHandler(problemHandler(deps.log, () => false));
await server.register(
  modelRoutes({
    ...deps,
    log,
    ledger,
    vendors: { anthropic: { baseUrl, apiKey: new Secret("sk-operator") }, openai: undefined },
  }),
);
const url = await server.listen({ port: 0, host: "127.0.0.1", backlog: 2_000 });

afterAll(async () => {
  await server.close();
  http.closeAllConnections();
  http.close();
  await rm(directory, { recursive: true, force: true });
});
afterEach(async () => {
  await world.inTenant((tx) => putSettings(tx, FREE));
  await pool.query("DELETE FROM reservations");
  await pool.query("UPDATE tasks SET held_micro_usd = 0");
  await pool.query("DELETE FROM usage");
  await pool.query("DELETE FROM spend_months");
});

async function runner(budgetMicroUsd = 1_000_000_000) {
  const { task, attempt } = await world.task("CODING");
  if (attempt === undefined) throw new Error("nobody is at work");
  const token = `aicd_lease_${randomBytes(8).toString("hex")}`;
  await pool.query(
    "UPDATE attempts SET token_hash = $2, lease_until = now() + interval '1 hour' WHERE id = $1",
    [attempt.id, hashToken(token)],
  );
  await pool.query("UPDATE tasks SET budget_micro_usd = $2 WHERE id = $1", [task.id, budgetMicroUsd]);
  const ask = (change: object = {}, headers: Record<string, string> = {}, at = url) =>
    fetch(`${at}/v1/models/anthropic/v1/messages?beta=true`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": token, ...headers },
      body: JSON.stringify({
        model: MODEL,
        max_tokens: 100,
        messages: [{ role: "user", content: "hi" }],
        ...change,
      }),
    });
  return { taskId: task.id, attemptId: attempt.id, ask };
}

function whole(response: ServerResponse, tokens: { input: number; output: number }): void {
  response.setHeader("content-type", "application/json");
  const usage = { input_tokens: tokens.input, output_tokens: tokens.output };
  response.end(JSON.stringify({ type: "message", model: MODEL, content: [], usage }));
}

/** The beginning of a stream, and nothing after it. */
function beginning(response: ServerResponse): void {
  response.setHeader("content-type", "text/event-stream");
  const start = {
    type: "message_start",
    message: { model: MODEL, usage: { input_tokens: 1_000, output_tokens: 1 } },
  };
  const delta = { type: "content_block_delta", delta: { type: "text_delta", text: "word".repeat(50) } };
  for (const event of [start, delta]) response.write(`data: ${JSON.stringify(event)}\n\n`);
}

const money = async () => {
  const { rows } = await pool.query(
    `SELECT coalesce(sum(spent_micro_usd), 0)::int AS spent, coalesce(sum(held_micro_usd), 0)::int AS held,
       (SELECT count(*)::int FROM reservations) AS reservations FROM spend_months WHERE tenant_id = $1`,
    [tenantId],
  );
  return rows[0] as { spent: number; held: number; reservations: number };
};
const ofTask = async (taskId: string) => {
  const { rows } = await pool.query(
    "SELECT spent_micro_usd::int AS spent, held_micro_usd::int AS held FROM tasks WHERE id = $1",
    [taskId],
  );
  return rows[0] as { spent: number; held: number };
};
const booked = async () =>
  (await pool.query("SELECT tokens, micro_usd::int AS cost, estimated FROM usage")).rows;

describe("while the operator pauses the server", () => {
  afterEach(() => endServerPause(deps.pool));

  it("calls of what is at work go on, until the pause is at once; then none does, and it is asked to come again", async () => {
    vendor.answer = (response) => whole(response, { input: 10, output: 10 });
    const { ask } = await runner();
    await beginServerPause(deps.pool, { why: "", atOnce: false });
    expect((await ask()).status).toBe(200);
    const calls = vendor.calls;

    await beginServerPause(deps.pool, { why: "", atOnce: true });
    const refused = await ask();

    expect(refused.status).toBe(429);
    expect(await refused.text()).toContain("The operator has paused AI-CD");
    expect(vendor.calls).toBe(calls);
    expect(await money()).toMatchObject({ held: 0, reservations: 0 });
    await endServerPause(deps.pool);
    expect((await ask()).status).toBe(200);
  });
});

describe("the money of a call", () => {
  it("is held while it is under way, and what it came to is booked", async () => {
    const answer = Promise.withResolvers<ServerResponse>();
    vendor.answer = (response) => answer.resolve(response);
    const { ask, taskId } = await runner();

    const asked = ask();
    const response = await answer.promise;
    const during = [await money(), await ofTask(taskId)];
    whole(response, { input: 10, output: 5 });
    const { status } = await asked;
    const cost = LIST_PRICES.priceTokens(MODEL, { input: 10, output: 5, cacheRead: 0, cacheWrite: 0 });
    await vi.waitFor(async () => expect((await money()).reservations).toBe(0));

    expect(status).toBe(200);
    expect(during).toEqual([
      { spent: 0, held: expect.any(Number), reservations: 1 },
      { spent: 0, held: during[0]?.held },
    ]);
    expect(during[0]?.held).toBeGreaterThan(cost);
    expect([await money(), await ofTask(taskId)]).toEqual([
      { spent: cost, held: 0, reservations: 0 },
      { spent: cost, held: 0 },
    ]);
  });

  it.each([
    ["refuses", (response: ServerResponse) => response.writeHead(529).end("{}"), 529],
    ["hangs up", (response: ServerResponse) => response.destroy(), 503],
  ] as const)("is free again when the vendor %s", async (_, reply, status) => {
    vendor.answer = reply;
    const { ask } = await runner();

    expect((await ask()).status).toBe(status);

    await vi.waitFor(async () => expect(await money()).toEqual({ spent: 0, held: 0, reservations: 0 }));
    expect(await booked()).toEqual([]);
  });

  it("that is all held by another call is told as that, and there again afterwards", async () => {
    const answers: ServerResponse[] = [];
    vendor.answer = (response) => void answers.push(response);
    const { ask } = await runner(1);

    const first = ask();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const second = await ask();
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, "5"]);
    expect(await second.json()).toMatchObject({
      type: "error",
      error: { type: "rate_limit_error", message: expect.stringContaining("held for calls") },
    });
    answers[0]?.writeHead(500).end();
    await first;
    await vi.waitFor(async () => expect((await money()).reservations).toBe(0));

    const third = ask();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    whole(answers[1] as ServerResponse, { input: 1, output: 1 });
    expect((await third).status).toBe(200);
    await vi.waitFor(async () => expect((await money()).reservations).toBe(0));
    expect((await ask()).status, "now it is spent").toBe(402);
  });

  it("is not there for what was stopped, paused or never leased", async () => {
    vendor.answer = (response) => whole(response, { input: 1, output: 1 });
    const calls = vendor.calls;
    const paused = await runner();
    await world.inTenant((tx) => putSettings(tx, { ...FREE, paused: true }));
    const stopped = await runner();
    await pool.query("UPDATE attempts SET cancel_reason = 'no' WHERE id = $1", [stopped.attemptId]);

    const answers = [await stopped.ask(), await paused.ask(), await paused.ask({}, { "x-api-key": "guess" })];

    expect(answers.map(({ status }) => status)).toEqual([401, 402, 401]);
    expect(vendor.calls).toBe(calls);
    expect(await money()).toEqual({ spent: 0, held: 0, reservations: 0 });
  });
});

describe("a model that was not agreed on", () => {
  it("is said as that, with those that were, and no key is doubted", async () => {
    const { ask } = await runner();

    const answer = await ask({ model: "claude-opus-9" });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: {
        type: "invalid_request_error",
        message: expect.stringMatching(/`claude-opus-9` was not agreed on.*`claude-sonnet-5-5`/),
      },
    });
  });
});

describe("many calls at once", () => {
  it("1,000 of 20 attempts pass neither a task's budget nor the month's by more than one call's bounds", async () => {
    // As dear as their bounds allow: what an agent would do that wants to spend beyond them.
    vendor.answer = (response, { max_tokens }, bytes) =>
      whole(response, { input: bytes, output: max_tokens });
    const runners = await Promise.all(
      Array.from({ length: 20 }, (_, n) => runner(n % 2 === 0 ? 20_000 : 1_000_000)),
    );
    const month = 300_000;
    await world.inTenant((tx) => putSettings(tx, { ...FREE, monthlyBudgetMicroUsd: month }));
    const estimate = LIST_PRICES.priceWorst(MODEL, { input: 1_000 + 200, output: 100 });

    const all = runners.flatMap(({ ask }) => Array.from({ length: 50 }, () => ask()));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    // Some were told to try again while all was held. What is left is spent to the end, two at a time.
    const [one, other] = runners.filter((_, n) => n % 2 === 1);
    for (let left = 200; left > 0 && !statuses.slice(-2).every((status) => status === 402); left--) {
      const two = await Promise.all([one?.ask(), other?.ask()]);
      statuses.push(...two.map((answer) => answer?.status ?? 0));
    }
    await vi.waitFor(async () => expect(await money()).toMatchObject({ held: 0, reservations: 0 }));

    const { spent } = await money();
    expect(spent).toBeGreaterThanOrEqual(month);
    expect(spent).toBeLessThan(month + estimate);
    for (const [n, { taskId }] of runners.entries()) {
      expect((await ofTask(taskId)).spent).toBeLessThan((n % 2 === 0 ? 20_000 : 1_000_000) + estimate);
    }
    expect(new Set(statuses)).toEqual(new Set([200, 402, 429]));
    const { rows } = await pool.query("SELECT sum(micro_usd)::int AS n, sum(1)::int AS calls FROM usage");
    expect(rows[0]).toEqual({ n: spent, calls: statuses.filter((status) => status === 200).length });
  }, 120_000);
});

describe("when something dies in the middle", () => {
  it("a server that stops books what it has counted", async () => {
    const other = createLedger({ db: deps.db, log, keeper });
    const stopping = fastify(HTTP_OPTIONS);
    await stopping.register(
      modelRoutes({
        ...deps,
        ledger: other,
        vendors: { anthropic: { baseUrl, apiKey: new Secret("k") }, openai: undefined },
      }),
    );
    const at = await stopping.listen({ port: 0, host: "127.0.0.1" });
    vendor.answer = beginning;
    const { ask } = await runner();
    const { body } = await ask({ stream: true }, {}, at);
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    await reader.read();

    await other.close();

    expect(await booked()).toEqual([
      {
        tokens: { input: 1_000, output: 50, cacheRead: 0, cacheWrite: 0 },
        cost: expect.any(Number),
        estimated: true,
      },
    ]);
    expect(await money()).toMatchObject({ held: 0, reservations: 0 });
    await reader.cancel().catch(() => undefined);
    await stopping.close();
  });

  it("a server that is gone leaves its calls to the sweep, and a count that comes late puts them right", async () => {
    const answers: ServerResponse[] = [];
    vendor.answer = (response) => void answers.push(response);
    const { ask, taskId } = await runner();
    const asked = ask();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const { held } = await money();
    await sweep(deps);
    expect(await money(), "it is under way").toEqual({ spent: 0, held, reservations: 1 });

    await pool.query("UPDATE reservations SET seen_at = now() - interval '61 s'");
    await Promise.all([sweep(deps), sweep(deps)]);
    expect([await money(), await ofTask(taskId), await booked()]).toEqual([
      { spent: held, held: 0, reservations: 0 },
      { spent: held, held: 0 },
      [{ tokens: expect.objectContaining({ output: 100 }), cost: held, estimated: true }],
    ]);

    whole(answers[0] as ServerResponse, { input: 10, output: 5 });
    await asked;
    const cost = LIST_PRICES.priceTokens(MODEL, { input: 10, output: 5, cacheRead: 0, cacheWrite: 0 });
    await vi.waitFor(async () => expect(await money()).toEqual({ spent: cost, held: 0, reservations: 0 }));
    expect(await ofTask(taskId)).toEqual({ spent: cost, held: 0 });
    expect(await booked()).toEqual([expect.objectContaining({ cost, estimated: false })]);
  });

  it("calls that are under way are said to be, so that the sweep leaves them", async () => {
    const answers: ServerResponse[] = [];
    vendor.answer = (response) => void answers.push(response);
    const { ask } = await runner();
    const asked = ask();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    await pool.query("UPDATE reservations SET seen_at = now() - interval '61 s'");

    await ledger.tend();
    await sweep(deps);

    expect((await money()).reservations).toBe(1);
    whole(answers[0] as ServerResponse, { input: 1, output: 1 });
    await asked;
    await vi.waitFor(async () => expect((await money()).reservations).toBe(0));
  });

  it("usage that cannot be written is kept on disk and written later, once", async () => {
    vendor.answer = (response) => whole(response, { input: 10, output: 5 });
    const { ask } = await runner();
    await pool.query("REVOKE INSERT ON usage FROM aicd_app");

    expect((await ask()).status).toBe(200);
    await vi.waitFor(async () =>
      expect((await readdir(directory)).filter((name) => !name.startsWith("."))).toHaveLength(1),
    );
    await ledger.tend();
    expect(await booked(), "it still cannot be written").toEqual([]);
    await pool.query("GRANT INSERT ON usage TO aicd_app");
    // Another process on the same disk, after a crash of the first.
    const heir = createLedger({
      db: deps.db,
      log,
      keeper: createUsageKeeper({ directory, log }),
    });
    await Promise.all([heir.tend(), ledger.tend()]);

    const cost = LIST_PRICES.priceTokens(MODEL, { input: 10, output: 5, cacheRead: 0, cacheWrite: 0 });
    expect(await booked()).toEqual([expect.objectContaining({ cost, estimated: false })]);
    expect(await money()).toEqual({ spent: cost, held: 0, reservations: 0 });
    expect(await readdir(directory)).toEqual([]);
  });
});
