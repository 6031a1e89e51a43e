import { describe, expect, it } from "vitest";
import { send } from "./testing/client.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, theirs } = world;
const base = `/v1/organizations/${ours.tenantId}`;
const token = ours.users.owner.token;
let serial = 0;
const issue = () => 1_000 + serial++;
const create = (key: string, issueNumber: number, as = token) =>
  send(world, {
    method: "POST",
    path: `${base}/tasks`,
    token: as,
    body: { repository: ours.repositoryId, issueNumber },
    headers: { "idempotency-key": key },
  });

describe("steering a task", () => {
  it("asks GitHub who may write, for a key as the person who made it", async () => {
    world.github.permissions.set("viewer-ours", "read");
    const key = await world.key(ours, "member");
    world.github.permissions.set("member-ours", "read");
    const refused = await create("gate-1", issue(), key);
    world.github.permissions.set("member-ours", "write");

    expect(refused).toMatchObject({ status: 403 });
    expect((await create("gate-1", issue(), key)).status).toBe(201);
  });

  it("says that GitHub is away rather than guess", async () => {
    world.github.away.now = true;
    const got = await create("away", issue());
    world.github.away.now = false;

    expect(got).toMatchObject({ status: 503, body: { type: "urn:aicd:problem:unavailable" } });
    expect(got.headers.get("retry-after")).not.toBeNull();
  });

  it("approves the plan on the table and no other", async () => {
    const approve = (hash: string) =>
      send(world, { method: "POST", path: `${base}/tasks/${ours.taskId}/approve`, token, body: { hash } });

    const wrong = await approve("ffffffffffff");
    const right = await approve(ours.planHash);
    const again = await approve(ours.planHash);

    expect(wrong.body).toMatchObject({ type: "urn:aicd:problem:conflict" });
    expect(right).toMatchObject({ status: 200, body: { state: "QUEUED", plan: { state: "approved" } } });
    expect(again.status).toBe(409);
    const { rows } = await world.database.pool.query(
      "SELECT job FROM outbox WHERE payload ->> 'taskId' = $1 AND job = 'start-attempt'",
      [ours.taskId],
    );
    expect(rows).toHaveLength(1);
  });

  it("leaves nothing of a refused wish behind", async () => {
    const before = await world.database.pool.query("SELECT count(*)::int AS n FROM intents");
    await send(world, { method: "POST", path: `${base}/tasks/${ours.taskId}/retry`, token });
    const after = await world.database.pool.query("SELECT count(*)::int AS n FROM intents");

    expect(after.rows[0]?.n).toBe(before.rows[0]?.n);
  });

  it("begins nothing in a repository that is switched off", async () => {
    const path = `${base}/repositories/${ours.repositoryId}`;
    await send(world, { method: "PATCH", path, token, body: { enabled: false } });
    const refused = await create("off", issue());
    await send(world, { method: "PATCH", path, token, body: { enabled: true } });

    expect(refused).toMatchObject({ status: 409 });
    expect((await create("off", issue())).status).toBe(201);
  });
});

describe("a word about a task", () => {
  const say = (task: string, word: string, body?: object, as = token) =>
    send(world, {
      method: "POST",
      path: `${base}/tasks/${task}/${word}`,
      token: as,
      ...(body === undefined ? {} : { body }),
    });

  it.each([
    ["approve", { hash: "ffffffffffff" }, "Nothing waits for an approval"],
    ["revise", { text: "shorter" }, "No plan or question"],
    ["retry", {}, "Only what FAILED"],
  ])("%s that is not done is refused in the words of the thread", async (word, body, sentence) => {
    const made = (await create(`word-${word}`, issue())).body as { id: string };

    const got = await say(made.id, word, body);

    expect(got).toMatchObject({ status: 409, body: { detail: expect.stringContaining(sentence) } });
  });

  it("is told about the task as it is then", async () => {
    const made = (await create("cancel-me", issue())).body as { id: string };

    expect(await say(made.id, "cancel", { reason: "Not now" })).toMatchObject({
      status: 200,
      body: { id: made.id, state: "CANCELLED" },
    });
    expect((await say(made.id, "cancel", {})).status).toBe(409);
  });

  it("is written down in the audit log, with what came of it", async () => {
    const made = (await create("audited", issue())).body as { id: string };
    await say(made.id, "cancel", {});

    const { rows } = await world.database.pool.query(
      "SELECT action, detail->>'outcome' AS outcome FROM audit_log WHERE target = $1 ORDER BY id",
      [made.id],
    );
    expect(rows).toEqual([
      { action: "task.requested", outcome: "task.queued" },
      { action: "task.cancelled", outcome: "task.cancelled" },
    ]);
  });

  it("reaches only the newest task of its issue", async () => {
    const number = issue();
    const old = (await create("older", number)).body as { id: string };
    await say(old.id, "cancel", {});
    await create("newer", number);

    expect(await say(old.id, "retry", {})).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("newer task") },
    });
  });

  it.each(["nonsense", "tsk_00000000000000000000000000"])("about %s is about nothing", async (id) => {
    expect((await say(id, "cancel", {})).status).toBe(404);
  });

  it("about another organisation's task is about nothing", async () => {
    expect((await say(theirs.taskId, "cancel", {})).status).toBe(404);
  });

  it("of a viewer is refused", async () => {
    expect((await say(ours.failedTaskId, "retry", {}, ours.users.viewer.token)).status).toBe(403);
  });

  it("is nobody's to say while the App is suspended", async () => {
    await world.database.pool.query("UPDATE installations SET state = 'suspended' WHERE tenant_id = $1", [
      ours.tenantId,
    ]);
    const got = await say(ours.failedTaskId, "retry", {});
    await world.database.pool.query("UPDATE installations SET state = 'active' WHERE tenant_id = $1", [
      ours.tenantId,
    ]);

    expect(got).toMatchObject({ status: 409, body: { detail: expect.stringContaining("suspended") } });
  });

  it("keeps what Postgres takes of a text that nobody typed", async () => {
    const made = (await create("nul", issue())).body as { id: string };

    expect((await say(made.id, "cancel", { reason: "a\u0000b\ud800c" })).status).toBe(200);
  });

  it("gets no answer on the thread: the response is the answer", async () => {
    await say(ours.failedTaskId, "approve", { hash: "ffffffffffff" });

    const { rows } = await world.database.pool.query("SELECT FROM comments WHERE key LIKE 'refused:%'");
    expect(rows).toEqual([]);
  });
});
