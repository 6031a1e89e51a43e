import { may, PERMISSION_NAMES, type Permission, ROLES, type Role } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../api/routes.ts";
import { send } from "../../api/testing/client.ts";
import { plantTask } from "../../api/testing/plant.ts";
import { createApiWorld } from "../../api/testing/world.ts";
import { openHappyTab } from "./happy.ts";

const world = await createApiWorld();
const { ours, url } = world;
const { pool } = world.database;
const blocked = await plantTask(pool, world.deps.mint, { ...ours, issueNumber: 900, state: "BLOCKED" });
await plantChange(blocked);

/** Permissions that the dashboard has nothing for, and why. A new permission has to be put here or shown. */
const NOT_SHOWN: Partial<Record<Permission, string>> = {
  "organization.export": "made by programs, before an uninstall",
  "billing.write": "offered where something is sold, and this server sells nothing",
};
const PAGES = [
  "/tasks",
  `/tasks/${ours.taskId}`,
  `/tasks/${blocked}`,
  "/repositories",
  `/repositories/${ours.repositoryId}`,
  "/runners",
  "/usage",
  "/billing",
  "/members",
  "/api-keys",
  "/secrets",
  "/webhooks",
  `/webhooks/${ours.endpointId}`,
  "/settings",
  "/audit-log",
];

/** What the policy stopped, so that there is something to override. */
async function plantChange(taskId: string): Promise<void> {
  const [attemptId, changeSetId] = [world.deps.mint("attempt"), world.deps.mint("changeSet")];
  await pool.query(
    `INSERT INTO attempts (tenant_id, id, task_id, number, phase, state, run_key)
     VALUES ($1, $2, $3, 1, 'code', 'succeeded', $2)`,
    [ours.tenantId, attemptId, taskId],
  );
  await pool.query(
    `INSERT INTO change_sets (tenant_id, id, task_id, attempt_id, digest, body, evidence)
     VALUES ($1, $2, $3, $4, $5, '{}', '{}')`,
    [ours.tenantId, changeSetId, taskId, attemptId, "ab".repeat(32)],
  );
  await pool.query("UPDATE tasks SET change_set_id = $2 WHERE id = $1", [taskId, changeSetId]);
}

/** All that a role is offered on all pages, and what the API refused while they were looked at. */
async function walk(role: Role): Promise<{ offered: Set<string>; forbidden: string[] }> {
  const offered = new Set<string>();
  const forbidden: string[] = [];
  const tab = await openHappyTab({ url, cookie: ours.users[role].cookie, path: "/" });
  for (const path of PAGES) {
    await tab.go(`/organizations/ours${path}`);
    await expect
      .poll(async () => (await tab.count(".waiting")) === 0 && (await tab.count("nav")) === 1)
      .toBe(true);
    for (const permission of await tab.permissions()) offered.add(permission);
    forbidden.push(...tab.refused.filter((line) => line.startsWith("403")));
  }
  await tab.close();
  return { offered, forbidden };
}

/** Whether the API lets the role in: 403 is what it says when it does not. Ids and bodies do not come into it. */
async function admitted(role: Role, permission: Permission): Promise<boolean | undefined> {
  const route = ROUTES.find((row) => row.permission === permission && row.media === undefined);
  if (route === undefined) return undefined;
  const values: Record<string, string> = {
    org: ours.tenantId,
    task: world.deps.mint("task"),
    repository: world.deps.mint("repository"),
    user: world.deps.mint("user"),
    key: world.deps.mint("apiKey"),
    endpoint: world.deps.mint("webhookEndpoint"),
    name: "NO_SUCH_SECRET",
  };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => values[name] ?? "");
  const { token } = ours.users[role];
  const body = route.method === "GET" ? {} : { body: {} };
  const { status } = await send(world, { method: route.method, path, token, ...body });
  return status !== 403;
}

describe.each(ROLES)("the role %s", (role) => {
  it("is offered what the table permits, no more and no less, and is refused nothing it is offered", async () => {
    const { offered, forbidden } = await walk(role);

    const shown = PERMISSION_NAMES.filter((permission) => NOT_SHOWN[permission] === undefined);
    expect([...offered].sort()).toEqual(shown.filter((permission) => may(role, permission)).sort());
    expect(forbidden).toEqual([]);
  });

  it.each(PERMISSION_NAMES)("finds the API of the same opinion about %s", async (permission) => {
    const answer = await admitted(role, permission);

    // Two are decided within a route that another permission opens; the API's own tests hold them.
    if (answer === undefined) expect(INSIDE).toContain(permission);
    else expect(answer).toBe(may(role, permission));
  });
});

const INSIDE: Permission[] = ["organization.export", "owner.write", "policy.override"];
