import { isTerminal, TASK_STATES, type TaskState } from "@aicd/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { Refusal } from "../../http/problems/problems.ts";
import { send } from "../testing/client.ts";
import { plantEvent, plantTask } from "../testing/plant.ts";
import { openStream } from "../testing/stream.ts";
import { createApiWorld, type Organization } from "../testing/world.ts";
import { createEventHub } from "./hub.ts";

const world = await createApiWorld();
const { ours } = world;
const { pool } = world.database;
const { mint } = world.deps;
const token = ours.users.viewer.token;
let issueNumber = 10;

async function newTask(state: TaskState = "PR_OPEN") {
  const taskId = await plantTask(pool, mint, { ...ours, issueNumber: issueNumber++, state });
  const say = (type: string, id?: string) =>
    plantEvent(pool, mint, { tenantId: ours.tenantId, taskId, type, ...(id === undefined ? {} : { id }) });
  return { taskId, say, path: `/v1/organizations/${ours.tenantId}/tasks/${taskId}/events/stream` };
}

async function open(path: string, lastEventId?: string) {
  const stream = await openStream(world, {
    path,
    token,
    ...(lastEventId === undefined ? {} : { lastEventId }),
  });
  onTestFinished(stream.close);
  return stream;
}
const types = (messages: { event: string }[]) => messages.map(({ event }) => event);

test("a watcher gets what was, then what happens", async () => {
  const { say, path } = await newTask();
  const stream = await open(path);
  expect(types(await stream.take(2))).toEqual(["task.queued", "planning.started"]);

  await say("plan.proposed");
  await say("plan.approved");

  expect(types(await stream.take(2))).toEqual(["plan.proposed", "plan.approved"]);
});

test("after a cut it goes on behind the last event, with nothing lost and nothing twice", async () => {
  const { say, path } = await newTask();
  const first = await open(path);
  const [, last] = await first.take(2);
  first.close();
  await say("plan.proposed");

  const second = await open(path, last?.id);
  await say("plan.approved");

  expect(types(await second.take(2))).toEqual(["plan.proposed", "plan.approved"]);
});

test("events are lost to nobody whoever comes and goes while they are written", async () => {
  const { say, path } = await newTask();
  const watchers = Array.from({ length: 8 }, async (_, lane) => {
    const seen: string[] = [];
    let last: string | undefined;
    while (seen.at(-1) !== "over") {
      const stream = await open(path, last);
      for (const message of await stream.take(lane + 2)) {
        seen.push(message.event);
        last = message.id;
        if (message.event === "over") break;
      }
      stream.close();
    }
    return seen;
  });
  const written = ["task.queued", "planning.started"];
  for (let index = 0; index < 60; index++) {
    written.push(`step.${index}`);
    await say(`step.${index}`);
  }
  // As many as the widest take, so that none waits for more than there will be.
  for (let index = 0; index < 12; index++) await say("over");

  for (const seen of await Promise.all(watchers)) {
    expect(seen.filter((event) => event !== "over")).toEqual(written);
  }
});

test("an event that was committed late, under a lower id, still reaches who is watching", async () => {
  const { taskId, say, path } = await newTask();
  const early = mint("event");
  const stream = await open(path);
  await stream.take(2);
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query(
      "INSERT INTO events (tenant_id, id, task_id, type, body) VALUES ($1, $2, $3, 'late', '{}')",
      [ours.tenantId, early, taskId],
    );
    await say("prompt");
    expect(types(await stream.take(1))).toEqual(["prompt"]);

    await client.query("COMMIT");
  } finally {
    client.release();
  }

  expect(types(await stream.take(1))).toEqual(["late"]);
});

test("an event that was committed late reaches who was away as well", async () => {
  const { say, path } = await newTask();
  const early = mint("event");
  await say("prompt");
  const first = await open(path);
  const last = (await first.take(3)).at(-1);
  first.close();
  await say("late", early);

  const second = await open(path, last?.id);

  expect(types(await second.take(4))).toContain("late");
});

test.each(TASK_STATES.filter(isTerminal))(
  "the stream of a task that is %s ends, and coming back gets nothing",
  async (state) => {
    const { say, path } = await newTask(state);
    const first = await open(path);
    const [, last] = await first.take(2);
    expect(await first.next()).toBeUndefined();

    expect((await open(path, last?.id)).status).toBe(204);

    await say("late.word");
    const again = await open(path, last?.id);
    expect(types(await again.take(9))).toEqual(["late.word"]);
  },
);

test("a stream ends with its task, after a beat in which nothing more was said", async () => {
  const { taskId, say, path } = await newTask();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const stream = await open(path);
  await stream.take(2);
  await pool.query("UPDATE tasks SET state = 'MERGED' WHERE id = $1", [taskId]);
  await say("pull_request.merged");
  expect(types(await stream.take(1))).toEqual(["pull_request.merged"]);

  const ended = stream.next().then((message) => message === undefined);
  // Each beat asks the database, which keeps its own time.
  await expect
    .poll(async () => {
      await vi.advanceTimersByTimeAsync(15_000);
      return Promise.race([ended, false]);
    })
    .toBe(true);
});

test("a foreign task has no stream, and an id of nothing is refused", async () => {
  const { path } = await newTask();
  const foreign = await send(world, {
    path: path.replace(ours.tenantId, world.theirs.tenantId),
    token: world.theirs.users.owner.token,
  });

  expect(foreign.status).toBe(404);
  expect((await send(world, { path, token, headers: { "last-event-id": "17" } })).status).toBe(400);
});

test("a stream ends soon after its key is revoked", async () => {
  const { path } = await newTask();
  const secret = await world.key(ours, "viewer", ["task.read"]);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const stream = await openStream(world, { path, token: secret });
  onTestFinished(stream.close);
  await stream.take(2);

  await pool.query("UPDATE api_keys SET revoked_at = now() WHERE scopes = '{task.read}' AND tenant_id = $1", [
    ours.tenantId,
  ]);
  await vi.advanceTimersByTimeAsync(15_000);

  expect(await stream.next()).toBeUndefined();
});

test("nobody takes the streams of others: a caller has so many, and an organisation", async () => {
  const { taskId } = await newTask();
  const hub = createEventHub(world.deps);
  onTestFinished(() => hub.close());
  const readied: Promise<void>[] = [];
  const watch = (organization: Organization, caller: string) => {
    const scope = { tenantId: organization.tenantId };
    const { ready, stop } = hub.watch({ scope, taskId, caller, end() {} }, () => {});
    readied.push(ready);
    return stop;
  };
  const fill = (organization: Organization, caller: string) => {
    for (let count = 0; count < 1_000; count++) {
      try {
        watch(organization, caller);
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
        return count;
      }
    }
    return Number.POSITIVE_INFINITY;
  };

  const stop = watch(ours, "greedy");
  const counts = [fill(ours, "greedy"), ...["a", "b", "c", "d"].map((caller) => fill(ours, caller))];

  expect(counts).toEqual([49, 50, 50, 50, 0]);
  expect(fill(world.theirs, "a")).toBe(50);
  stop();
  expect(fill(ours, "d")).toBe(1);
  await Promise.all(readied);
});
