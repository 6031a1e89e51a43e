import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ApiKeyId,
  may,
  PERMISSION_NAMES,
  type Permission,
  type RepositoryId,
  ROLES,
  type Role,
  type TaskId,
  type TenantId,
  type UserId,
  type WebhookEndpointId,
  type WebhookEventId,
} from "@aicd/core";
import { createSession, storeApiKey } from "@aicd/db";
import { createTestDatabase, type TestDatabase } from "@aicd/db/testing";
import type { Logger } from "@aicd/ops";
import fastify from "fastify";
import { afterAll } from "vitest";
import { loadAssets } from "../../dashboard/assets.ts";
import { problemPages } from "../../dashboard/page.ts";
import { dashboardRoutes } from "../../dashboard/routes.ts";
import type { Deps } from "../../deps.ts";
import type { RateLimiter, Rates } from "../../http/limits/rates.ts";
import { HTTP_OPTIONS } from "../../http/options.ts";
import { apiRoutes } from "../../http/plugin.ts";
import { problemHandler } from "../../http/problems/problem-handler.ts";
import { hintOf, mintToken, sha256 } from "../../identity/tokens.ts";
import { identityRoutes } from "../../sign-in/routes.ts";
import { createTestDeps, FRONTEND, type TestDeps } from "../../testing/deps.ts";
import { ROUTES } from "../routes.ts";
import { plantTenant } from "./plant.ts";

/** A repository and what is in it. */
export type Things = {
  repositoryId: RepositoryId;
  /** A task that waits for the approval of `planHash`. */
  taskId: TaskId;
  planHash: string;
  failedTaskId: TaskId;
};

/** One organisation with everything in it that a route may ask for. */
export type Organization = Things & {
  tenantId: TenantId;
  login: string;
  /** Those of a private repository that GitHub shows to nobody but owners; its name is in all its texts. */
  hidden: Things;
  keyId: ApiKeyId;
  /** It hears of `repositoryId`, and has taken the event. */
  endpointId: WebhookEndpointId;
  webhookEventId: WebhookEventId;
  users: Record<Role, { userId: UserId; githubId: number; login: string; token: string; cookie: string }>;
};

export type World = {
  url: string;
  deps: Deps;
  database: TestDatabase;
  github: TestDeps["github"];
  clock: { offsetMs: number };
  ours: Organization;
  theirs: Organization;
  /** A key of the organisation, made by its person of that role. */
  key(
    org: Organization,
    role: Role,
    scopes?: Permission[],
    limits?: { repositories: RepositoryId[] },
  ): Promise<string>;
};

export const HIDDEN = "hidden-vault";
export { FRONTEND };

const WIDE: Rates = {
  caller: { name: "caller", capacity: 1_000_000, windowS: 1 },
  organization: { name: "organization", capacity: 1_000_000, windowS: 1 },
  stranger: { name: "stranger", capacity: 1_000_000, windowS: 1 },
};

/** The public API over HTTP on a real Postgres, with two organisations that must not see each other. */
export async function createApiWorld(
  options: { rates?: Rates; log?: Logger; limiter?: RateLimiter } = {},
): Promise<World> {
  const database = await createTestDatabase();
  const url = `http://127.0.0.1:${await freePort()}`;
  const directory = await mkdtemp(join(tmpdir(), "aicd-api-"));
  const { deps, github, clock } = createTestDeps(database, { ...options, url, directory });
  const server = fastify(HTTP_OPTIONS);
  const assets = loadAssets();
  server.setErrorHandler(problemHandler(deps.log, problemPages(assets)));
  server.register(identityRoutes(deps));
  server.register(apiRoutes(deps, { routes: ROUTES, rates: options.rates ?? WIDE }));
  server.register(dashboardRoutes({ ...deps, assets, appUrl: "https://github.com/apps/ai-cd" }));
  await server.listen({ port: Number(new URL(url).port), host: "127.0.0.1" });
  afterAll(async () => {
    const closed = server.close();
    // A connection that a client opened and never used would be waited for.
    server.server.closeAllConnections();
    await closed;
    await Promise.all([deps.codeIndex.reader.close(), deps.codeIndex.writer.close()]);
    await rm(directory, { recursive: true, force: true });
  });

  const key: World["key"] = async ({ tenantId, users }, role, scopes, limits) => {
    const secret = mintToken("key");
    await deps.db.withTenant({ tenantId }, (tx) =>
      storeApiKey(tx, deps.mint, {
        name: `a ${role}'s`,
        hash: deps.peppers.hashes(secret)[0],
        hint: hintOf(secret),
        role,
        scopes: scopes ?? PERMISSION_NAMES.filter((permission) => may(role, permission)),
        createdBy: { login: users[role].login, id: users[role].githubId },
        lifeDays: 1,
        ...limits,
      }),
    );
    return secret;
  };
  const [ours, theirs] = [await organization("ours", 1), await organization("theirs", 2)];
  return { url, deps, database, github, clock, ours, theirs, key };

  async function organization(login: string, number: number): Promise<Organization> {
    const planted = await plantTenant(database.pool, deps.mint, { login, number });
    const users: Partial<Organization["users"]> = {};
    for (const [index, role] of ROLES.entries()) {
      users[role] = await person(planted.tenantId, `${role}-${login}`, number * 100 + index, role);
      github.permissions.set(`${role}-${login}`, may(role, "task.write") ? "write" : "read");
      github.permissions.set(`${login}/${HIDDEN} ${role}-${login}`, role === "owner" ? "admin" : "none");
    }
    return { ...planted, login, users: users as Organization["users"] };
  }

  async function person(tenantId: TenantId, login: string, githubId: number, role: Role) {
    const userId = deps.mint("user");
    github.ids.set(login, githubId);
    await database.pool.query("INSERT INTO users (id, github_id, login) VALUES ($1, $2, $3)", [
      userId,
      githubId,
      login,
    ]);
    await database.pool.query(
      "INSERT INTO memberships (tenant_id, user_id, login, role, source) VALUES ($1, $2, $3, $4, 'set')",
      [tenantId, userId, login, role],
    );
    const token = mintToken("session");
    const cookie = randomBytes(32).toString("base64url");
    const life = { userId, lifeSeconds: 3_600 };
    await createSession(deps.db.system, deps.mint, { ...life, kind: "token", tokenHash: sha256(token) });
    await createSession(deps.db.system, deps.mint, { ...life, kind: "browser", tokenHash: sha256(cookie) });
    return { userId, githubId, login, token, cookie };
  }
}

/** Known before the server listens: cookies and the origin of writes are bound to the address. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
