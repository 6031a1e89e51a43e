import type { ServerResponse } from "node:http";
import { WEBHOOK_EVENT_TYPES } from "@aicd/core";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type Got, send } from "./testing/client.ts";
import { plantTask } from "./testing/plant.ts";
import { startReceiver, workOff } from "./testing/receiver.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, database, clock } = world;
const base = `/v1/organizations/${ours.tenantId}`;
const owner = await world.key(ours, "owner");
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  receiver.close();
  clock.offsetMs = 0;
  await database.pool.query("DELETE FROM webhook_endpoints");
  await database.pool.query("DELETE FROM outbox");
});

type WebhookDocument = {
  webhooks: Record<
    string,
    {
      post: {
        parameters: { name: string; schema: { pattern: string } }[];
        requestBody: { content: { "application/json": { schema: object } } };
      };
    }
  >;
  components: { schemas: Record<string, object> };
};
type Endpoint = { id: string; secret: string; enabled: boolean; disabledReason: string | null };

test("an event is delivered signed, and stands in the log with what was answered", async () => {
  const { id, secret } = await endpoint({ types: ["task.cancelled"] });
  const taskId = await task();
  receiver.answers.push((response) => response.writeHead(200).end("thank you"));

  await cancel(taskId);
  await workOff(world);

  const [got] = receiver.received;
  const event = new Webhook(secret).verify(got?.body ?? "", got?.headers as Record<string, string>);
  expect(event).toMatchObject({
    type: "task.cancelled",
    organization: ours.tenantId,
    subject: taskId,
    sequence: 1,
    data: { task: { id: taskId, repository: { owner: "ours", name: "widget" }, state: "CANCELLED" } },
  });
  expect(got?.headers["webhook-id"]).toBe(got?.event.id);
  expect(await log(id)).toMatchObject([
    { event: got?.event.id, state: "delivered", tries: 1, status: 200, answer: "thank you", body: got?.body },
  ]);
});

test("what is sent is what the document says under `webhooks`", async () => {
  const document = (await send(world, { path: "/openapi.json" })).body as WebhookDocument;
  const { id } = await endpoint({ types: ["task.cancelled", "webhook_endpoint.disabled"] });
  await ask("POST", `/webhook-endpoints/${id}/test`);
  await cancel(await task());
  await workOff(world);
  await endpoint({ types: ["task.cancelled"], url: `${receiver.url}/gone` });
  await ask("PATCH", `/webhook-endpoints/${id}`, { types: ["webhook_endpoint.disabled"] });
  receiver.answers.push((response) => void response.writeHead(410).end());
  await cancel(await task());
  await workOff(world);
  await workOff(world);

  const told = new Set(receiver.received.map(({ event }) => event.type));
  expect([...told].sort()).toEqual(["task.cancelled", "webhook_endpoint.disabled", "webhook_endpoint.test"]);
  expect(Object.keys(document.webhooks).sort()).toEqual([...WEBHOOK_EVENT_TYPES].sort());
  for (const { headers, body, event } of receiver.received) {
    const { parameters, requestBody } = document.webhooks[event.type]?.post ?? {};
    const schema = requestBody?.content["application/json"].schema;
    // Without this it would let through what it does not know: the sender shall send nothing else either.
    const exact = closed({ ...schema, $defs: document.components.schemas });
    expect(
      z.fromJSONSchema(exact as Parameters<typeof z.fromJSONSchema>[0]).safeParse(JSON.parse(body)).error,
    ).toBeUndefined();
    expect(parameters).toHaveLength(3);
    for (const { name, schema: form } of parameters ?? []) {
      expect([name, headers[name]]).toEqual([name, expect.stringMatching(form.pattern)]);
    }
  }
});

test("the events of a task arrive in their order, each again until it is taken", async () => {
  const { id } = await endpoint();
  const taskId = await task();
  receiver.answers.push(
    (response) => response.writeHead(503).end("later"),
    (response) => response.destroy(),
  );
  await ask("POST", `/tasks/${taskId}/revise`, { text: "smaller" });
  await cancel(taskId);

  const waits = [];
  for (let round = 0; round < 9; round++) {
    const owed = await workOff(world);
    waits.push(...owed);
    clock.offsetMs += 60_000 * 2 ** round;
  }

  const got = receiver.received.map(({ event }) => event);
  const sequences = got.map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  expect(got.at(-1)?.type).toBe("task.cancelled");
  expect(new Set(got.slice(0, 3).map((event) => event.id)).size).toBe(1);
  expect(waits.length).toBeGreaterThan(1);
  expect((await log(id)).every((row) => (row as { state: string }).state === "delivered")).toBe(true);
});

test("an endpoint that takes nothing for three days is disabled, and gets what waits when it is enabled", async () => {
  const { id } = await endpoint();
  const taskId = await task();
  receiver.answers.push(...Array.from({ length: 99 }, () => refuse));
  await cancel(taskId);
  for (let hours = 0; hours < 90; hours += 5) {
    await workOff(world);
    clock.offsetMs += 5 * 3_600_000;
  }

  const { body } = await ask("GET", `/webhook-endpoints/${id}`);
  expect(body).toMatchObject({ enabled: false, disabledReason: expect.stringContaining("three days") });
  receiver.answers.length = 0;
  receiver.received.length = 0;

  expect((await ask("PATCH", `/webhook-endpoints/${id}`, { enabled: true })).status).toBe(200);
  await workOff(world);

  expect(receiver.received.map(({ event }) => event.type)).toEqual(["task.cancelled"]);
});

test("that an endpoint is gone is told to the others, without the path of its address", async () => {
  const told = await endpoint({ types: ["webhook_endpoint.disabled"] });
  const gone = await endpoint({ url: `${receiver.url}/path-with-a-secret?key=1`, types: ["task.cancelled"] });
  receiver.answers.push((response) => void response.writeHead(410).end());
  await cancel(await task());
  await workOff(world);
  await workOff(world);

  const [, event] = receiver.received;
  expect(event?.event).toMatchObject({
    type: "webhook_endpoint.disabled",
    data: { endpoint: { id: gone.id, origin: new URL(receiver.url).origin } },
  });
  expect(event?.body).not.toContain("secret");
  expect(await log(told.id)).toMatchObject([{ type: "webhook_endpoint.disabled", state: "delivered" }]);
  const { text } = await ask("GET", "/audit-log?limit=100");
  expect(text).toContain("webhook_endpoint.disabled");
  expect(text).not.toContain("path-with-a-secret");
});

test("while a secret is changed events carry a signature of each, and afterwards of the new one alone", async () => {
  const { id, secret: old } = await endpoint();
  const { body } = await ask("POST", `/webhook-endpoints/${id}/rotate-secret`, { overlapSeconds: 3_600 });
  const { secret } = body as Endpoint;
  const verifies = (which: string, { body, headers }: (typeof receiver.received)[number]) => {
    try {
      return new Webhook(which).verify(body, headers as Record<string, string>) !== undefined;
    } catch {
      return false;
    }
  };

  await cancel(await task());
  await workOff(world);
  const [first] = receiver.received.splice(0);
  if (first === undefined) throw new Error("nothing came");
  expect([verifies(old, first), verifies(secret, first)]).toEqual([true, true]);

  await ask("POST", `/webhook-endpoints/${id}/rotate-secret`, { overlapSeconds: 0 });
  await cancel(await task());
  await workOff(world);
  const [second] = receiver.received.splice(0);
  if (second === undefined) throw new Error("nothing came");
  expect([verifies(old, second), verifies(secret, second)]).toEqual([false, false]);
});

test("an event is sent again when asked for, by its old id, and keeps no newer one waiting", async () => {
  const { id } = await endpoint();
  const taskId = await task();
  await ask("POST", `/tasks/${taskId}/revise`, { text: "smaller" });
  await cancel(taskId);
  await workOff(world);
  const [first] = receiver.received.splice(0);

  receiver.answers.push(refuse);
  const again = await ask("POST", `/webhook-endpoints/${id}/deliveries/${first?.event.id}/redeliver`);
  expect(again.status).toBe(202);
  const other = await task();
  await cancel(other);
  await workOff(world);

  const got = receiver.received.map(({ event }) => event.id);
  expect(got).toContain(first?.event.id);
  expect(receiver.received.some(({ event }) => event.subject === other)).toBe(true);
});

test("a test event is sent once, also to an endpoint that is disabled", async () => {
  const { id } = await endpoint({ types: ["task.merged"] });
  await ask("PATCH", `/webhook-endpoints/${id}`, { enabled: false });
  receiver.answers.push(refuse);

  expect((await ask("POST", `/webhook-endpoints/${id}/test`)).status).toBe(202);
  expect(await workOff(world)).toEqual([]);

  expect(receiver.received.map(({ event }) => event.type)).toEqual(["webhook_endpoint.test"]);
  expect(await log(id)).toMatchObject([{ state: "failed", status: 503 }]);
});

test("who may not see all repositories says whose tasks an endpoint hears of", async () => {
  const member = await world.key(ours, "member");
  expect((await ask("POST", "/webhook-endpoints", { url: receiver.url }, member)).status).toBe(403);
  expect((await ask("GET", "/webhook-endpoints", undefined, world.theirs.users.owner.token)).status).toBe(
    404,
  );
});

const refuse = (response: ServerResponse) => void response.writeHead(503).end();

/** The schema with no room for more than it names. */
function closed(schema: object): Parameters<typeof z.fromJSONSchema>[0] {
  const text = JSON.stringify(schema, (_key, value: unknown) =>
    typeof value === "object" && value !== null && "properties" in value && "type" in value
      ? { ...value, additionalProperties: false }
      : value,
  );
  return JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/")) as ReturnType<typeof closed>;
}

async function endpoint(body: object = {}): Promise<Endpoint> {
  const made = await ask("POST", "/webhook-endpoints", { url: receiver.url, ...body });
  expect(made.status, made.text).toBe(201);
  return made.body as Endpoint;
}

let issue = 1_000;
function task() {
  return plantTask(database.pool, world.deps.mint, {
    ...ours,
    issueNumber: ++issue,
    state: "AWAITING_APPROVAL",
  });
}

async function cancel(taskId: string): Promise<void> {
  const { status, text } = await ask("POST", `/tasks/${taskId}/cancel`);
  expect(status, text).toBeLessThan(300);
}

async function log(id: string): Promise<unknown[]> {
  const { body } = await ask("GET", `/webhook-endpoints/${id}/deliveries`);
  return (body as { items: unknown[] }).items;
}

function ask(method: string, path: string, body?: object, token = owner): Promise<Got> {
  return send(world, { method, path: `${base}${path}`, token, ...(body === undefined ? {} : { body }) });
}
