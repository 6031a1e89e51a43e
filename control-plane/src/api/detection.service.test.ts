import pg from "pg";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { inOrganization, type Route } from "../http/route.ts";
import { ROUTES } from "./routes.ts";
import { namesThings, requestTo } from "./testing/cases.ts";
import { type Sent, send } from "./testing/client.ts";
import { createApiWorld, type Organization } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, theirs } = world;
const { mint } = world.deps;

/** Every statement that a request sends, ids and numbers taken out: what its time can depend on. */
async function statementsOf(request: Sent): Promise<{ status: number; statements: string[] }> {
  const statements: string[] = [];
  const original = pg.Client.prototype.query;
  const spy = vi.spyOn(pg.Client.prototype, "query").mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [config] = args as [string | { text: string }];
    const text = typeof config === "string" ? config : config.text;
    statements.push(text.replaceAll(/[a-z]{3}_[0-9a-z]{26}/g, "<id>"));
    return Reflect.apply(original, this, args);
  } as typeof original);
  onTestFinished(() => spy.mockRestore());
  const { status } = await send(world, request);
  spy.mockRestore();
  return { status, statements };
}

const nothing = (org: Organization): Organization => ({
  ...org,
  repositoryId: mint("repository"),
  taskId: mint("task"),
  failedTaskId: mint("task"),
  keyId: mint("apiKey"),
  users: { ...org.users, viewer: { ...org.users.viewer, userId: mint("user") } },
});
const withIds = (route: Route) => namesThings(route, ours) || /\{(user|key|endpoint)\}/.test(route.path);
const routes = ROUTES.filter(inOrganization).map((route) => [route.id, route] as const);

it("sees the statements of a request that finds something", async () => {
  const route = ROUTES.find(({ id }) => id === "getTask") as Route;

  const { status, statements } = await statementsOf({
    ...requestTo(route, ours),
    token: ours.users.member.token,
  });

  expect(status).toBe(200);
  expect(statements.filter((text) => text.includes('from "tasks"'))).toHaveLength(1);
  expect(statements.filter((text) => text.includes('from "attempts"'))).toHaveLength(1);
});

describe.each(routes)("%s", (_id, route) => {
  it("does the same for an organisation that is another's and for one that is not there", async () => {
    const token = theirs.users.owner.token;
    const nowhere = { ...ours, tenantId: mint("tenant") };

    const foreign = await statementsOf({ ...requestTo(route, ours), token });
    const missing = await statementsOf({ ...requestTo(route, nowhere, ours), token });

    expect(foreign.statements.length).toBeGreaterThan(0);
    expect(foreign).toEqual({ status: 404, statements: missing.statements });
  });

  if (!withIds(route)) return;

  it("does the same for ids of another organisation and for ids of nothing", async () => {
    const token = theirs.users.owner.token;

    const foreign = await statementsOf({ ...requestTo(route, theirs, ours), token });
    const missing = await statementsOf({ ...requestTo(route, theirs, nothing(ours)), token });

    expect(foreign).toEqual({ status: 404, statements: missing.statements });
  });

  if (!namesThings(route, ours)) return;

  it("does the same for what GitHub hides and for what is not there", async () => {
    const token = ours.users.admin.token;
    // What there is to ask of GitHub is asked before, and then nothing is due for a while, whatever is asked for.
    const path = `/v1/organizations/${ours.tenantId}/tasks`;
    for (let times = 0; times < 2; times++) await send(world, { path, token });

    const hidden = await statementsOf({ ...requestTo(route, ours, { ...ours, ...ours.hidden }), token });
    const missing = await statementsOf({ ...requestTo(route, ours, nothing(ours)), token });

    expect(hidden).toEqual({ status: 404, statements: missing.statements });
  });
});
