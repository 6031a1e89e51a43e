import { allows, may, type Principal, ROLES } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { type ProblemDocument, problemDocument } from "../http/problems/problems.ts";
import { inOrganization, isWrite } from "../http/route.ts";
import { ROUTES } from "./routes.ts";
import { CASES, namesThings, requestTo } from "./testing/cases.ts";
import { type Got, send } from "./testing/client.ts";
import { createApiWorld, HIDDEN, type Organization } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, theirs } = world;
const { mint } = world.deps;

/** Refused to who does not see the whole organisation: it would hand out, or let others at, the rest. */
const WHOLE = new Set(["exportOrganization", "createApiKey", "rotateApiKey"]);
/** Admins' record of who did what: names of things that are hidden from an admin stay in it, as ids only. */
const RECORDS = new Set(["listAuditLog", "exportAuditLog"]);

/** Not 2xx in their turn, for the reason given. */
const REFUSED_IN_TURN: Record<string, number> = {
  reviseTask: 409,
  // This server sells nothing.
  getBilling: 404,
  openCheckout: 404,
  openCustomerPortal: 404,
  setOverage: 404,
};

function withoutRequest(got: Got): unknown {
  return { ...(got.body as ProblemDocument), instance: "" };
}

describe("the table of routes", () => {
  it("has a case for every route", () => {
    expect(Object.keys(CASES).sort()).toEqual(ROUTES.map(({ id }) => id).sort());
  });

  it("names every route of an organisation by what it permits", () => {
    const open = ROUTES.filter((route) => route.permission === null).map(({ id }) => id);

    expect(open).toEqual(["listOrganizations"]);
    expect(ROUTES.filter((route) => !inOrganization(route)).map(({ id }) => id)).toEqual(open);
  });

  it("writes with nothing but a permission to write", () => {
    const reading = ROUTES.filter((route) => isWrite(route.method) && route.permission?.endsWith(".read"));

    expect(reading.map(({ id }) => id)).toEqual([]);
  });
});

describe.each(ROUTES.map((route) => [route.id, route] as const))("%s", (_id, route) => {
  it("is closed to who shows nothing, or something that is no key", async () => {
    const request = requestTo(route, ours);

    for (const headers of [
      {},
      { authorization: "Bearer aicd_live_wrong" },
      { authorization: "Basic eDp5" },
    ]) {
      const got = await send(world, { ...request, headers });
      expect(got.status).toBe(401);
      expect(got.headers.get("www-authenticate")).toContain("Bearer");
      expect(got.body).toMatchObject({ type: "urn:aicd:problem:unauthenticated", status: 401 });
    }
  });

  if (!inOrganization(route)) return;

  it("is not there for members of another organisation, whatever they may do at home", async () => {
    const absent = problemDocument("missing", {
      detail: "There is nothing here that you may see. Check the ids in the address.",
      requestId: "",
    });
    const nowhere: Organization = { ...theirs, tenantId: world.deps.mint("tenant") };
    for (const token of [theirs.users.owner.token, await world.key(theirs, "owner")]) {
      const foreign = await send(world, { ...requestTo(route, ours), token });
      const missing = await send(world, { ...requestTo(route, nowhere, ours), token });
      expect(foreign.status).toBe(404);
      expect(withoutRequest(foreign)).toEqual({ ...absent, instance: "" });
      expect(withoutRequest(missing)).toEqual(withoutRequest(foreign));
    }
  });

  const hasIds = /\{(?!org|name)\w+\}/.test(route.path);
  if (hasIds) {
    it("does not find another organisation's things at home", async () => {
      const token = theirs.users.owner.token;
      const foreign = await send(world, { ...requestTo(route, theirs, ours), token });
      const values = { task: "task", repository: "repository", user: "user", key: "apiKey" } as const;
      const path = requestTo(route, theirs, ours).path.replace(/\w{3}_\w{26}(?!.*\w{3}_\w{26})/, () => {
        const name = /\{(\w+)\}(?!.*\{)/.exec(route.path)?.[1] as keyof typeof values;
        return world.deps.mint(values[name]);
      });
      const missing = await send(world, { ...requestTo(route, theirs, ours), path, token });

      expect(foreign.status).toBe(404);
      expect(withoutRequest(missing)).toEqual(withoutRequest(foreign));
    });
  }

  it("shows nothing of a repository that GitHub hides, and does nothing in it", async () => {
    const { permission } = route;
    if (permission === null || (isWrite(route.method) && !namesThings(route, ours) && !WHOLE.has(route.id)))
      return;
    const limited = await world.key(ours, "owner", undefined, { repositories: [ours.repositoryId] });
    const people = ROLES.filter((role) => role !== "owner" && may(role, permission)).map(
      (role) => ours.users[role].token,
    );
    const hidden: Organization = { ...ours, ...ours.hidden };
    for (const token of [...people, limited]) {
      const got = await send(world, { ...requestTo(route, ours, hidden), token });

      expect([got.status, got.text]).toEqual([
        WHOLE.has(route.id) ? 403 : namesThings(route, ours) ? 404 : (REFUSED_IN_TURN[route.id] ?? 200),
        got.text,
      ]);
      const ids = RECORDS.has(route.id)
        ? []
        : Object.values(ours.hidden).filter((id) => id !== ours.planHash);
      for (const trace of [HIDDEN, ...ids]) expect(got.text).not.toContain(trace);
      if (!namesThings(route, ours)) continue;
      const nothing = {
        ...hidden,
        repositoryId: mint("repository"),
        taskId: mint("task"),
        failedTaskId: mint("task"),
      };
      const missing = await send(world, { ...requestTo(route, ours, nothing), token });
      expect(got.status).toBe(404);
      expect(withoutRequest(got)).toEqual(withoutRequest(missing));
    }
    const seen = await send(world, { ...requestTo(route, ours, hidden), token: ours.users.owner.token });
    if (namesThings(route, ours) && !isWrite(route.method)) expect(seen.status).toBe(200);
  });

  it("is forbidden to roles and to keys without the permission", async () => {
    const { permission } = route;
    if (permission === null) return;
    for (const role of ROLES.filter((candidate) => !may(candidate, permission))) {
      const got = await send(world, { ...requestTo(route, ours), token: ours.users[role].token });
      expect([role, got.status]).toEqual([role, 403]);
      expect(got.body).toMatchObject({ type: "urn:aicd:problem:forbidden" });
    }
    const other = permission === "organization.export" ? "organization.read" : "organization.export";
    const narrow = await world.key(ours, "owner", [other]);
    expect((await send(world, { ...requestTo(route, ours), token: narrow })).status).toBe(403);
  });
});

describe("in its turn", () => {
  it.each(ROUTES.map((route) => [route.id, route] as const))(
    "%s answers as its schema says",
    async (_id, route) => {
      const got = await send(world, { ...requestTo(route, ours), token: ours.users.owner.token });

      const refused = REFUSED_IN_TURN[route.id];
      if (refused !== undefined) {
        expect(got.status).toBe(refused);
        return;
      }
      expect([got.status, got.text]).toEqual([
        expect.toBeOneOf(Object.keys(route.answers).map(Number)),
        got.text,
      ]);
      const schema = route.answers[got.status];
      if (schema !== undefined && route.media === undefined) schema.parse(got.body);
    },
  );
});

describe("keys and people", () => {
  it("may do the same with the same role", () => {
    const actor = {
      kind: "api_key",
      keyId: ours.keyId,
      name: "k",
      createdBy: { login: "m", id: 1 },
    } as const;

    const key: Principal = { tenantId: ours.tenantId, actor, role: "viewer" };
    expect(allows(key, "task.read")).toBe(true);
  });
});
