import { ApiError, createClient, each } from "@aicd/sdk";
import { expect, test } from "vitest";
import { plantEvent } from "./testing/plant.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours } = world;
const org = ours.tenantId;
const client = createClient({ url: world.url, token: await world.key(ours, "owner") });

test("the client walks lists, acts, and is told no in its own words", async () => {
  const [organization] = (await client.listOrganizations()).items;
  const all = await Array.fromAsync(each((page) => client.listTasks({ org, limit: 1, ...page })));
  const approved = await client.approvePlan({ org, task: ours.taskId, body: { hash: ours.planHash } });
  const refused = await client
    .approvePlan({ org, task: ours.taskId, body: { hash: ours.planHash } })
    .catch((e) => e);

  expect(organization).toMatchObject({ id: org, role: "owner" });
  expect(all.map(({ id }) => id)).toEqual([ours.failedTaskId, ours.taskId]);
  expect(approved.state).toBe("QUEUED");
  expect(refused).toBeInstanceOf(ApiError);
  expect((refused as ApiError).problem).toMatchObject({ status: 409, type: "urn:aicd:problem:conflict" });
});

test("the client follows a task and exports the audit log", async () => {
  const seen: string[] = [];
  for await (const event of client.streamEvents({ org, task: ours.failedTaskId })) {
    seen.push(event.type);
    if (seen.length === 2) {
      await plantEvent(world.database.pool, world.deps.mint, {
        tenantId: org,
        taskId: ours.failedTaskId,
        type: "retry.requested",
      });
    }
    if (event.type === "retry.requested") break;
  }
  const lines = await Array.fromAsync(client.exportAuditLog({ org }));

  expect(seen).toEqual(["task.queued", "planning.started", "retry.requested"]);
  expect(Array.isArray(lines)).toBe(true);
});
