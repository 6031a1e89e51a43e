import { ChangeSet, Evidence, type MintId, Plan, type TaskState } from "@aicd/core";
import type { Pool } from "pg";
import { HIDDEN, type Organization, type Things } from "./world.ts";

const HASH = "0123456789ab";

const PLAN = Plan.parse({
  title: "Round once",
  understanding: "Sums are rounded twice.",
  cause: "Each share is rounded before they are added.",
  files: [{ path: "src/sum.js", change: "Round the sum." }],
  tests: [],
  checks: ["npm test"],
  risks: [],
  questions: [],
  estimate: { changedLines: 4, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.4 },
});

/** Puts a tenant with rows of every kind into the tables, past row-level security. */
export async function plantTenant(
  pool: Pool,
  mint: MintId,
  { login, number }: { login: string; number: number },
): Promise<Omit<Organization, "login" | "users">> {
  const [tenantId, installationId] = [mint("tenant"), mint("installation")];
  await pool.query("INSERT INTO tenants (id, account_id, login, kind) VALUES ($1, $2, $3, 'Organization')", [
    tenantId,
    number,
    login,
  ]);
  await pool.query(
    "INSERT INTO installations (tenant_id, id, github_id, state) VALUES ($1, $2, $3, 'active')",
    [tenantId, installationId, number],
  );
  const at = { tenantId, installationId, owner: login };
  const things = await plantRepository(pool, mint, { ...at, githubId: number, name: "widget" });
  const hidden = await plantRepository(pool, mint, { ...at, githubId: number + 1_000, name: HIDDEN });
  const keyId = mint("apiKey");
  await pool.query(
    `INSERT INTO api_keys (tenant_id, id, name, hash, hint, role, scopes, created_by, expires_at)
     VALUES ($1, $2::text, 'planted', sha256(convert_to($2::text, 'UTF8')), 'aicd…', 'viewer', '{task.read}', $3, now() + interval '1 day')`,
    [tenantId, keyId, { login: "someone", id: 1 }],
  );
  return {
    tenantId,
    keyId,
    ...(await plantEndpoint(pool, mint, { tenantId, ...things })),
    ...things,
    hidden,
  };
}

/** An endpoint that hears of one repository, and an event that it took. */
async function plantEndpoint(
  pool: Pool,
  mint: MintId,
  { tenantId, repositoryId, taskId }: Pick<Organization, "tenantId" | "repositoryId" | "taskId">,
) {
  const [endpointId, webhookEventId] = [mint("webhookEndpoint"), mint("webhookEvent")];
  await pool.query(
    `INSERT INTO webhook_endpoints (tenant_id, id, url, description, types, repositories, state, created_by, created_at)
     VALUES ($1, $2, 'https://hooks.example.com/', '', '{task.merged}', $3, 'enabled', $4, now())`,
    [tenantId, endpointId, [repositoryId], { kind: "user", login: "someone", id: 1 }],
  );
  await pool.query(
    `INSERT INTO webhook_events (tenant_id, id, type, subject, sequence, task_id, body, created_at)
     VALUES ($1, $2, 'task.merged', $3, 1, $3, '{}', now())`,
    [tenantId, webhookEventId, taskId],
  );
  await pool.query(
    `INSERT INTO event_deliveries (tenant_id, endpoint_id, event_id, lane, sequence, state, tries, due_at)
     VALUES ($1, $2, $3, $4, 1, 'delivered', 1, now())`,
    [tenantId, endpointId, webhookEventId, taskId],
  );
  return { endpointId, webhookEventId };
}

/** A repository with a task that waits for approval and one that failed, and what they leave behind. */
async function plantRepository(
  pool: Pool,
  mint: MintId,
  input: {
    tenantId: Organization["tenantId"];
    installationId: string;
    githubId: number;
    owner: string;
    name: string;
  },
): Promise<Things> {
  const { tenantId, name } = input;
  const repositoryId = mint("repository");
  await pool.query(
    "INSERT INTO repositories (tenant_id, id, installation_id, github_id, owner, name) VALUES ($1, $2, $3, $4, $5, $6)",
    [tenantId, repositoryId, input.installationId, input.githubId, input.owner, name],
  );
  const at = { tenantId, repositoryId, title: `Sums in ${name}` };
  const taskId = await plantTask(pool, mint, { ...at, issueNumber: 1, state: "AWAITING_APPROVAL" });
  const failedTaskId = await plantTask(pool, mint, { ...at, issueNumber: 2, state: "FAILED" });
  const attemptId = mint("attempt");
  await pool.query(
    `INSERT INTO attempts (tenant_id, id, task_id, number, phase, state, run_key)
     VALUES ($1, $2, $3, 1, 'plan', 'succeeded', $2), ($1, $4, $5, 1, 'plan', 'dispatched', $4)`,
    [tenantId, attemptId, taskId, mint("attempt"), failedTaskId],
  );
  const planId = mint("plan");
  await pool.query(
    `INSERT INTO plans (tenant_id, id, task_id, attempt_id, hash, body, base_sha, snapshot_digest, budget_micro_usd, state)
     VALUES ($1, $2, $3, $4, $5, $6, 'base', 'digest', 1000000, 'proposed')`,
    [tenantId, planId, taskId, attemptId, HASH, { ...PLAN, title: `Round once in ${name}` }],
  );
  const changeSetId = await plantChange(pool, mint, { tenantId, taskId, attemptId, name });
  await pool.query("UPDATE tasks SET plan_id = $3, change_set_id = $4 WHERE tenant_id = $1 AND id = $2", [
    tenantId,
    taskId,
    planId,
    changeSetId,
  ]);
  await pool.query(
    `INSERT INTO usage (tenant_id, id, key, task_id, attempt_id, provider, model, tokens, price, micro_usd)
     VALUES ($1, $2, $2, $3, $4, 'anthropic', 'claude-sonnet-5', '{}', '{}', 123456)`,
    [tenantId, mint("usage"), taskId, attemptId],
  );
  return { repositoryId, taskId, planHash: HASH, failedTaskId };
}

/** A change with its proof and two judgements, all of which name the repository. */
async function plantChange(
  pool: Pool,
  mint: MintId,
  { tenantId, taskId, attemptId, name }: Record<"tenantId" | "taskId" | "attemptId" | "name", string>,
): Promise<string> {
  const id = mint("changeSet");
  const run = (exitCode: number, passed: number) => ({
    command: "npm test",
    exitCode,
    durationMs: 12.5,
    tests: { passed, failed: exitCode, skipped: 0 },
    outputTail: `tests of ${name}`,
  });
  const body = ChangeSet.parse({
    baseSha: "0".repeat(40),
    files: [
      { kind: "write", path: "src/sum.js", mode: "100644", baseMode: "100644", contentBase64: "c3Vt" },
      { kind: "delete", path: `old/${name}.js` },
    ],
    title: `Round once in ${name}`,
    summary: "",
  });
  const evidence = Evidence.parse({ setup: [], before: [run(1, 3)], after: [run(0, 4)], sandbox: "bwrap" });
  await pool.query(
    "INSERT INTO change_sets (tenant_id, id, task_id, attempt_id, digest, body, evidence) VALUES ($1, $2, $3, $4, $2, $5, $6)",
    [tenantId, id, taskId, attemptId, body, evidence],
  );
  for (const stage of ["after", "before"] as const) {
    const { command, exitCode, durationMs, tests, outputTail } = evidence[stage][0] ?? run(0, 0);
    await pool.query(
      `INSERT INTO evidence (tenant_id, id, task_id, change_set_id, stage, position, command, exit_code, duration_ms,
         passed, failed, skipped, output_tail)
       VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, 0, $11)`,
      [
        ...[tenantId, mint("evidence"), taskId, id, stage, command, exitCode, durationMs],
        ...[tests?.passed, tests?.failed, outputTail],
      ],
    );
  }
  const finding = { path: "src/sum.js", line: 3, severity: "minor", why: `odd in ${name}`, wanted: "a test" };
  const rule = { rule: "path.protected", path: name, message: "The path is protected.", level: "block" };
  for (const [judge, kind, words] of [
    ["critic", "approved", { approved: true, summary: `Fine for ${name}`, findings: [finding] }],
    ["policy", "blocked", { kind: "blocked", policyVersion: "1", inputDigest: "d", findings: [rule] }],
  ] as const) {
    await pool.query(
      "INSERT INTO verdicts (tenant_id, id, task_id, change_set_id, judge, kind, body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      [tenantId, mint("verdict"), taskId, id, judge, kind, words],
    );
  }
  return id;
}

/** A task in a state, with two events. */
export async function plantTask(
  pool: Pool,
  mint: MintId,
  input: Pick<Organization, "tenantId" | "repositoryId"> & {
    issueNumber: number;
    state: TaskState;
    by?: string;
    title?: string;
  },
): Promise<Organization["taskId"]> {
  const taskId = mint("task");
  await pool.query(
    `INSERT INTO tasks (tenant_id, id, repository_id, issue_number, issue_title, state, phase, mode, requested_by,
       source, flags, budget_micro_usd)
     VALUES ($1, $2, $3, $4, $7, $5, 'plan', 'wait', $6, '{"kind":"issue"}', '{}', 1000000)`,
    [
      input.tenantId,
      taskId,
      input.repositoryId,
      input.issueNumber,
      input.state,
      { login: input.by ?? "mona", id: 1 },
      input.title ?? "Sums are wrong",
    ],
  );
  for (const type of ["task.queued", "planning.started"])
    await plantEvent(pool, mint, { ...input, taskId, type });
  return taskId;
}

export async function plantEvent(
  pool: Pool,
  mint: MintId,
  input: Pick<Organization, "tenantId" | "taskId"> & { type: string; id?: string },
): Promise<string> {
  const id = input.id ?? mint("event");
  await pool.query("INSERT INTO events (tenant_id, id, task_id, type, body) VALUES ($1, $2, $3, $4, '{}')", [
    input.tenantId,
    id,
    input.taskId,
    input.type,
  ]);
  return id;
}
