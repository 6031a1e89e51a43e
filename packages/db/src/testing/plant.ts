import { randomBytes } from "node:crypto";
import type {
  ApiKeyId,
  AttemptId,
  FleetServerId,
  MintId,
  RepositoryId,
  TaskId,
  TenantId,
  UserId,
  WebhookEndpointId,
  WebhookEventId,
} from "@aicd/core";
import type { Database, TenantTx } from "../database.ts";
import * as stores from "../index.ts";

export type Planted = {
  tenantId: TenantId;
  repositoryId: RepositoryId;
  ids: {
    taskId: TaskId;
    attemptId: AttemptId;
    keyId: ApiKeyId;
    userId: UserId;
    serverId: FleetServerId;
    jobId: number;
    endpointId: WebhookEndpointId;
    webhookEventId: WebhookEventId;
  };
};
/** A tenant with a row in every table that has a tenant; `n` makes its names and GitHub's ids. */
export async function plantTenant(db: Database, mint: MintId, n: number): Promise<Planted> {
  const account = { id: n, login: `org-${n}`, kind: "Organization" as const };
  const { tenantId } = await db.withSystem((tx) =>
    stores.upsertInstallation(tx, mint, { githubId: n, account, state: "active" }),
  );
  const by = { login: "mona", id: n };
  const user = await stores.upsertUser(db.system, mint, {
    githubId: n,
    login: `mona-${n}`,
    name: null,
    avatarUrl: null,
  });
  return db.withTenant({ tenantId }, async (tx) => {
    const repositoryId = await stores.upsertRepository(tx, mint, {
      installationGithubId: n,
      githubId: n,
      owner: account.login,
      name: "widget",
    });
    const task = await stores.createTask(tx, mint, {
      repositoryId,
      issueNumber: 1,
      issueTitle: "secret plans",
      phase: "plan",
      mode: "wait",
      requestedBy: by,
      source: { kind: "issue" },
      flags: {},
      guidance: [],
      budgetMicroUsd: 1,
    });
    if (task === undefined) throw new Error("no task");
    const taskId = task.id;
    const { attempt } = await stores.ensureAttempt(tx, mint, { taskId, phase: "plan" });
    await stores.useOidcToken(tx, { jti: `jti-${n}`, attemptId: attempt.id });
    await stores.noteMembership(tx, { userId: user.id, login: user.login, role: "owner" });
    await stores.noteReadable(tx, { userId: user.id, seen: [{ repositoryId, readable: true }] });
    const key = await stores.storeApiKey(tx, mint, {
      name: "ci",
      hash: randomBytes(32),
      hint: "x",
      role: "viewer",
      scopes: [],
      createdBy: by,
      lifeDays: 1,
    });
    const bytes = Buffer.from("x");
    const sealed = { masterKey: "m", wrappedKey: bytes, sealed: bytes };
    await stores.putSecret(tx, { name: "ANTHROPIC_API_KEY", hint: "", updatedBy: by, ...sealed });
    const system = { kind: "system" as const, id: "test" };
    await stores.appendAudit(tx, mint, { actor: system, action: "task.cancelled", target: taskId });
    const serverId = mint("fleetServer");
    const hooks = await plantWebhooks(tx, mint, taskId);
    const ids = {
      ...hooks,
      taskId,
      attemptId: attempt.id,
      keyId: key.id,
      userId: user.id,
      serverId,
      jobId: 70_000 + n,
    };
    await plantFleet(tx, { ...ids, repositoryId });
    await plantRest(tx, { taskId, attemptId: attempt.id, repositoryId });
    return { tenantId, repositoryId, ids };
  });
}

/** An endpoint, and an event that is on its way to it. */
async function plantWebhooks(tx: TenantTx, mint: MintId, taskId: TaskId) {
  const { tenantId } = tx.scope;
  const endpoint = await stores.storeWebhookEndpoint(tx, mint, {
    ...{ url: "https://example.com/secret-path", description: "", types: [], repositories: null, most: 1 },
    ...{ createdBy: { login: "mona", id: 1 }, createdAt: new Date(0) },
  });
  if (endpoint === undefined) throw new Error("no endpoint");
  const about = { type: "task.created", subject: taskId };
  const wanted = await stores.countWebhookEvent(tx, tenantId, about);
  if (wanted === undefined) throw new Error("nobody wants the event");
  const id = mint("webhookEvent");
  const event = { ...wanted, ...about, id, taskId, body: "{}", at: new Date(0) };
  await stores.storeWebhookEvent(tx, tenantId, event);
  return { endpointId: endpoint.id, webhookEventId: id };
}

/** A job that runs on a server, and the hour that was bought for it. */
async function plantFleet(
  tx: TenantTx,
  { serverId, jobId, repositoryId }: { serverId: string; jobId: number; repositoryId: string },
): Promise<void> {
  const own = [tx.scope.tenantId, serverId];
  await tx.query(
    `INSERT INTO fleet_servers (tenant_id, id, size, state, server_type, location, micro_eur_per_hour, cloud_id,
       bought_from, created_at, state_at)
     VALUES ($1, $2, 'aicd-fleet', 'busy', 'cx23', 'fsn1', 6400, 1, now(), now(), now())`,
    own,
  );
  await tx.query(
    `INSERT INTO fleet_jobs (tenant_id, github_id, run_id, repository_id, size, state, server_id, queued_at)
     VALUES ($1, $3, 1, $4, 'aicd-fleet', 'running', $2, now())`,
    [...own, jobId, repositoryId],
  );
  await tx.query(
    `INSERT INTO fleet_hours (tenant_id, server_id, hour, started_at, server_type, location, micro_eur)
     VALUES ($1, $2, 1, now(), 'cx23', 'fsn1', 6400)`,
    own,
  );
}

/** Rows whose use cases need more than this test has; the columns are what counts here. */
async function plantRest(
  tx: TenantTx,
  { taskId, attemptId, repositoryId }: { taskId: string; attemptId: string; repositoryId: string },
): Promise<void> {
  const tenant = tx.scope.tenantId;
  const insert = (table: string, row: Record<string, unknown>) => {
    const names = Object.keys(row);
    const values = names.map((_, index) => `$${index + 1}`);
    return tx.query(`INSERT INTO ${table} (${names}) VALUES (${values})`, Object.values(row));
  };
  const own = { tenant_id: tenant, id: "x1" };
  const work = { ...own, task_id: taskId };
  const json = JSON.stringify({});
  await insert("intents", { ...own, key: "k", repository_id: repositoryId, body: json });
  await insert("plans", {
    ...work,
    attempt_id: attemptId,
    hash: "h",
    body: json,
    base_sha: "s",
    snapshot_digest: "d",
    budget_micro_usd: 1,
    state: "proposed",
  });
  await insert("change_sets", { ...work, attempt_id: attemptId, digest: "d", body: json, evidence: json });
  await insert("verdicts", { ...work, change_set_id: "x1", judge: "critic", kind: "approved", body: json });
  await insert("evidence", {
    ...work,
    change_set_id: "x1",
    stage: "after",
    position: 0,
    command: "c",
    duration_ms: 1,
    output_tail: "",
  });
  await insert("usage", {
    ...work,
    key: "k",
    attempt_id: attemptId,
    provider: "p",
    model: "m",
    tokens: json,
    price: json,
    micro_usd: 1,
  });
  await insert("reservations", {
    ...work,
    attempt_id: attemptId,
    provider: "p",
    model: "m",
    month: "2026-01-01",
    held_micro_usd: 1,
    tokens: json,
    price: json,
  });
  await insert("comments", { ...work, key: "k", target: json, body: "b" });
  await insert("checkpoints", { ...work, attempt_id: attemptId, phase: "code", seq: 1, body: json });
  const bytes = Buffer.from("x");
  const ofPlan = { tenant_id: tenant, task_id: taskId, plan_id: "x1" };
  await insert("transcripts", { ...ofPlan, master_key: "m", wrapped_key: bytes, sealed: bytes });
  await insert("review_memory", { ...own, repository_id: repositoryId, lesson: "l", author: json });
  await insert("code_indexes", { tenant_id: tenant, repository_id: repositoryId, state: "ready" });
  await insert("outbox", { tenant_id: tenant, job: "none", payload: json });
  await insert("tenant_settings", { tenant_id: tenant, body: json });
  const period = { period_start: "2026-01-01", period_end: "2026-02-01" };
  const sold = { tenant_id: tenant, plan: "team", state: "active", ...period };
  await insert("subscriptions", { ...sold, seller: "stripe", customer_id: `cus_${tenant}` });
  await insert("entitlements", { ...sold, seller: "none", seats: 1, overage: false, included_micro_usd: 1 });
  await insert("meter_events", {
    tenant_id: tenant,
    key: "x1:0",
    usage_id: "x1",
    micro_usd: 1,
    used_at: "2026-01-01",
  });
  await insert("idempotency_keys", {
    tenant_id: tenant,
    actor_id: "a",
    key: "k",
    request_hash: Buffer.from("h"),
  });
}
