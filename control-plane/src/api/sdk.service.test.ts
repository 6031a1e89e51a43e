import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ApiError, createClient, each } from "@aicd/sdk";
import { expect, test } from "vitest";
import { plantEvent, plantTask } from "./testing/plant.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours } = world;
const org = ours.tenantId;
const client = createClient({ url: world.url, token: await world.key(ours, "owner") });
const exec = promisify(execFile);

test("the client walks lists, acts, and is told no in its own words", async () => {
  const [organization] = (await client.listOrganizations()).items;
  const all = await Array.fromAsync(each((page) => client.listTasks({ org, limit: 1, ...page })));
  const approved = await client.approvePlan({ org, task: ours.taskId, body: { hash: ours.planHash } });
  const refused = await client
    .approvePlan({ org, task: ours.taskId, body: { hash: ours.planHash } })
    .catch((e) => e);

  expect(organization).toMatchObject({ id: org, role: "owner" });
  expect(all.map(({ id }) => id)).toEqual([
    ours.hidden.failedTaskId,
    ours.hidden.taskId,
    ours.failedTaskId,
    ours.taskId,
  ]);
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

test("`aicd tasks` lists, shows and watches", async () => {
  const taskId = await plantTask(world.database.pool, world.deps.mint, {
    ...ours,
    issueNumber: 9,
    state: "MERGED",
  });
  const key = await world.key(ours, "viewer");
  const aicd = async (...args: string[]) => {
    const main = join(import.meta.dirname, "../../../packages/cli/src/main.ts");
    const env = { PATH: process.env.PATH, AICD_URL: world.url, AICD_API_KEY: key };
    return exec(process.execPath, [main, "tasks", ...args], { env }).catch(
      (error) => error as { stderr: string; stdout: string },
    );
  };

  expect((await aicd("list", "--limit", "1")).stdout).toMatch(
    new RegExp(`^${taskId}  MERGED .*ours/widget#9`),
  );
  expect(JSON.parse((await aicd("show", taskId, "--json")).stdout)).toMatchObject({
    id: taskId,
    state: "MERGED",
  });
  expect((await aicd("watch", taskId)).stdout).toMatch(/task\.queued\nThe task is MERGED\.\n$/);
  expect((await aicd("show", "tsk_nothing")).stderr).toContain("nothing here that you may see");
});
