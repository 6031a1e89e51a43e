import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
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

test("the client takes spend as the text of a file", async () => {
  const csv = await client.exportSpend({ org, by: "person" });

  expect(csv).toBe("person,name,calls,spent_usd,not_billed_usd\r\n1,mona,2,0.246912,0.000000\r\n");
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

test("an agent drives tasks over MCP, and is told no in the server's words", async () => {
  const token = await world.key(ours, "owner");
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "../../../packages/cli/src/main.ts"), "mcp"],
    {
      env: { PATH: process.env.PATH ?? "", AICD_URL: world.url, AICD_API_KEY: token },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  const ask = async (method: string, params: object) => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params })}\n`);
    const { value } = await answers.next();
    return JSON.parse(value ?? "{}").result;
  };
  const call = (name: string, input: object) => ask("tools/call", { name, arguments: input });

  const hello = await ask("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  });
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);
  const { tools } = await ask("tools/list", {});
  const listed = await call("list_tasks", {});
  const refused = await call("approve_plan", { task: ours.taskId, hash: ours.planHash });
  const unknown = await call("create_task", { repository: "nobody/nothing", issueNumber: 1 });
  const watched = await call("watch_task", { task: ours.failedTaskId, seconds: 1 });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.stdin.end();

  expect(hello.serverInfo.name).toBe("aicd");
  expect(tools.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(["create_task", "watch_task", "approve_plan", "review_change"]),
  );
  expect(JSON.parse(listed.content[0].text).map((task: { id: string }) => task.id)).toContain(ours.taskId);
  expect(refused).toMatchObject({ isError: true });
  expect(unknown.content[0].text).toContain("nobody/nothing is none of");
  expect(JSON.parse(watched.content[0].text).task.id).toBe(ours.failedTaskId);
  expect(await gone).toBe(0);
});
