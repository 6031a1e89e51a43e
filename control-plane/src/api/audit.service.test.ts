import { describe, expect, it } from "vitest";
import { send } from "./testing/client.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, theirs } = world;
const base = `/v1/organizations/${ours.tenantId}`;
const { owner, viewer } = ours.users;

type Told = {
  action: string;
  target: string;
  text: string;
  refused: boolean;
  detail: { requestId?: string };
};

const say = (
  word: string,
  body?: object,
  { token = owner.token, task = ours.taskId }: { token?: string; task?: string } = {},
) =>
  send(world, {
    method: "POST",
    path: `${base}/tasks/${task}/${word}`,
    token,
    ...(body === undefined ? {} : { body }),
  });

async function log(filter = ""): Promise<Told[]> {
  const got = await send(world, { path: `${base}/audit-log?limit=100${filter}`, token: owner.token });
  return (got.body as { items: Told[] }).items;
}

async function nameOfTask(): Promise<string> {
  const got = await send(world, { path: `${base}/tasks/${ours.taskId}`, token: owner.token });
  const { repository, issueNumber } = got.body as {
    repository: { owner: string; name: string };
    issueNumber: number;
  };
  return `${repository.owner}/${repository.name}#${issueNumber}`;
}

describe("the audit log", () => {
  it("tells of a refused wish and of the one that was done, in sentences", async () => {
    const refused = await say("approve", { hash: "ffffffffffff" });
    await say("approve", { hash: ours.planHash });

    const name = await nameOfTask();
    const [done, not] = await log("&action=plan.approved");
    expect(done).toMatchObject({ refused: false, text: `${owner.login} approved the plan of ${name}` });
    expect(not).toMatchObject({
      refused: true,
      target: ours.taskId,
      text: expect.stringContaining(
        `${owner.login} tried to approve the plan of ${name} and was refused: That is not`,
      ),
      detail: { outcome: "refused.hash.wrong", requestId: refused.headers.get("x-request-id") },
    });
  });

  it("tells of what a role does not permit, with who asked", async () => {
    expect((await say("cancel", {}, { token: viewer.token })).status).toBe(403);

    const [entry] = await log("&action=request.refused");
    expect(entry).toMatchObject({
      refused: true,
      actor: { kind: "user", id: viewer.userId },
      detail: { operation: "cancelTask", permission: "task.write" },
    });
    expect(entry?.text).toContain(
      `${viewer.login} was refused cancelTask with “Your role (viewer) lack task.write`,
    );
  });

  it("tells of what GitHub does not permit", async () => {
    world.github.permissions.set(owner.login, "read");
    await say("retry", {}, { task: ours.failedTaskId });
    world.github.permissions.set(owner.login, "write");

    const [entry] = await log("&action=retry.requested");
    expect(entry).toMatchObject({ refused: true, target: ours.failedTaskId });
    expect(entry?.text).toMatch(/and was refused: GitHub does not let .* write to this repository$/);
  });

  it("says nothing of strangers, nor of what is not there", async () => {
    const before = (await log()).length;
    expect((await say("cancel", {}, { token: "aicd_live_wrong" })).status).toBe(401);
    expect((await say("cancel", {}, { token: theirs.users.owner.token })).status).toBe(404);
    expect((await say("cancel", {}, { task: theirs.taskId })).status).toBe(404);

    expect(await log()).toHaveLength(before);
  });

  it("answers a refused wish when the log cannot be written", async () => {
    await world.database.pool.query(
      "ALTER TABLE audit_log ADD CONSTRAINT full_disk CHECK (action <> 'plan.revised') NOT VALID",
    );
    const got = await say("revise", { text: "shorter" });
    await world.database.pool.query("ALTER TABLE audit_log DROP CONSTRAINT full_disk");

    expect(got).toMatchObject({ status: 409, body: { type: "urn:aicd:problem:conflict" } });
    expect(await log("&action=plan.revised")).toEqual([]);
  });

  it("holds no more of one caller's refusals than an hour may have", async () => {
    const before = (await log("&action=request.refused")).length;
    for (let n = 0; n < 70; n++) await say("cancel", {}, { token: viewer.token });
    const got = await send(world, {
      path: `${base}/audit-log?limit=100&action=request.refused`,
      token: owner.token,
    });

    expect(before).toBe(1);
    expect((got.body as { items: unknown[] }).items).toHaveLength(60);
  });

  it("calls what is gone by the name it had", async () => {
    const made = await send(world, {
      method: "POST",
      path: `${base}/api-keys`,
      token: owner.token,
      body: { name: "nightly", role: "viewer" },
    });
    const { id } = made.body as { id: string };
    await send(world, { method: "DELETE", path: `${base}/api-keys/${id}`, token: owner.token });

    expect((await log("&action=api_key.revoked"))[0]?.text).toBe(
      `${owner.login} revoked the API key nightly`,
    );
    await world.database.pool.query("DELETE FROM api_keys WHERE id = $1", [id]);
    expect((await log("&action=api_key.created"))[0]?.text).toBe(
      `${owner.login} created the API key nightly with the role viewer`,
    );
    expect((await log("&action=api_key.revoked"))[0]?.text).toBe(
      `${owner.login} revoked the API key that is gone`,
    );
  });
});
