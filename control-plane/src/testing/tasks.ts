import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChangeSet,
  changeSetDigest,
  Evidence,
  Plan,
  planHash,
  type Role,
  Settings,
  Snapshot,
  snapshotDigest,
  type TaskId,
  type TaskState,
  type TenantId,
  type ThreadIntent,
} from "@aicd/core";
import {
  type Attempt,
  createTask,
  ensureAttempt,
  findTask,
  freezeContext,
  setTask,
  storeChangeSet,
  storeIntent,
  storePlan,
  type Task,
  type TenantTx,
  upsertInstallation,
  upsertRepository,
} from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { afterAll } from "vitest";
import type { Deps } from "../deps.ts";
import { applyIntent } from "../intents/apply-intent.ts";
import type { Outcome } from "../intents/outcome.ts";
import { createTestDeps } from "./deps.ts";
import type { Home } from "./home.ts";

/** Who asks for tasks; where a world has a GitHub of its own, with the id of the account there. */
export const MONA = { login: "mona", id: 1 };
export const BASE_SHA = "b".repeat(40);
const PULL_REQUEST = 900;
const ACCOUNT = { id: 70, login: "acme", kind: "Organization" as const };

export type OwedJob = { job: string; payload: Record<string, unknown> };

/**
 * The use cases on a real database, with a repository in which tasks stand in any state one likes: GitHub's own one
 * where a home is given, whose issues the tests then open.
 */
export async function createTaskWorld({ home }: { home?: Home } = {}) {
  if (home !== undefined) MONA.id = home.monaId;
  const database = await createTestDatabase();
  const directory = await mkdtemp(join(tmpdir(), "aicd-tasks-"));
  const { deps, github, clock } = createTestDeps(database, {
    url: "http://aicd.test",
    directory,
    ...(home === undefined ? {} : { home }),
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));
  const {
    installationId = 7,
    repositoryId: githubId = 71,
    account = ACCOUNT,
    baseSha = BASE_SHA,
  } = home ?? {};
  const { tenantId } = await deps.db.withSystem((tx) =>
    upsertInstallation(tx, deps.mint, { githubId: installationId, account, state: "active" }),
  );
  const repository = { installationId, repositoryId: githubId, owner: "acme", name: "widget" };
  const inTenant = <T>(work: (tx: TenantTx) => Promise<T>) => deps.db.withTenant({ tenantId }, work);
  const repositoryId = await inTenant((tx) =>
    upsertRepository(tx, deps.mint, {
      installationGithubId: installationId,
      githubId,
      owner: repository.owner,
      name: repository.name,
    }),
  );
  let issues = 0;
  let deliveries = 0;

  return {
    deps,
    github,
    clock,
    pool: database.pool,
    tenantId,
    repositoryId,
    repository,
    inTenant,
    nextIssue: () => ++issues,
    /** A task that came to `state` on its usual road, with what it has by then. Nothing is owed for it. */
    async task(
      state: TaskState,
      options: { withPullRequest?: boolean; issueNumber?: number; pullRequestNumber?: number } = {},
    ): Promise<Planted> {
      const { issueNumber = ++issues, ...rest } = options;
      const planted = await inTenant((tx) =>
        plant(deps, tx, { repositoryId, issueNumber, state, baseSha, ...rest }),
      );
      await database.pool.query("DELETE FROM outbox");
      return planted;
    },
    /** What a delivery of GitHub's would do. */
    async say(intent: ThreadIntent, role: Role | undefined = "member"): Promise<Outcome> {
      return inTenant(async (tx) => {
        const key = `delivery-${++deliveries}`;
        const row = await storeIntent(tx, deps.mint, { key, repositoryId, repository, intent });
        if (row === undefined) throw new Error("the intent was known");
        return applyIntent(deps, tx, row, role);
      });
    },
    find: (id: TaskId) => inTenant((tx) => findTask(tx, id)),
    /** What is owed now, in the order it came; forgotten by asking. */
    async owed(): Promise<OwedJob[]> {
      const { rows } = await database.pool.query<OwedJob & { id: string }>(
        "DELETE FROM outbox RETURNING id, job, payload",
      );
      return rows.sort((a, b) => Number(a.id) - Number(b.id)).map(({ job, payload }) => ({ job, payload }));
    },
    /** Texts that are to be posted on a thread, oldest first. */
    async said(issueNumber: number): Promise<string[]> {
      const { rows } = await database.pool.query<{ body: string }>(
        "SELECT body FROM comments WHERE (target->>'number')::int = $1 ORDER BY created_at, id",
        [issueNumber],
      );
      return rows.map(({ body }) => body);
    },
  };
}

export type Planted = { task: Task; attempt: Attempt | undefined; hash: string; digest: string };

const WITH_PLAN: TaskState[] = [
  "AWAITING_APPROVAL",
  "CODING",
  "REVIEWING",
  "BLOCKED",
  "PUBLISHING",
  "PR_OPEN",
  "MERGED",
  "CLOSED",
];
const WITH_CHANGE: TaskState[] = ["BLOCKED", "PUBLISHING", "PR_OPEN", "MERGED", "CLOSED"];
const WITH_PULL_REQUEST: TaskState[] = ["PR_OPEN", "MERGED", "CLOSED"];
const AT_WORK: TaskState[] = ["PLANNING", "CODING", "REVIEWING"];

async function plant(
  deps: Deps,
  tx: TenantTx,
  input: {
    repositoryId: Parameters<typeof createTask>[2]["repositoryId"];
    issueNumber: number;
    state: TaskState;
    baseSha: string;
    withPullRequest?: boolean;
    pullRequestNumber?: number;
  },
): Promise<Planted> {
  const { issueNumber, state, baseSha } = input;
  const made = await createTask(tx, deps.mint, {
    repositoryId: input.repositoryId,
    issueNumber,
    issueTitle: "Sums are wrong",
    phase: WITH_PLAN.includes(state) && state !== "AWAITING_APPROVAL" ? "code" : "plan",
    mode: "wait",
    requestedBy: MONA,
    source: { kind: "issue" },
    flags: {},
    guidance: [],
    budgetMicroUsd: 1_000_000,
  });
  if (made === undefined) throw new Error(`issue ${issueNumber} has a task`);
  const taskId = made.id;
  const snapshot = snapshotOf(issueNumber);
  const { attempt } = await ensureAttempt(tx, deps.mint, { taskId, phase: made.phase });
  await freezeContext(tx, attempt.id, {
    snapshot,
    settings: Settings.parse({}),
    defaultBranch: "main",
    baseBranch: "main",
    baseSha,
    startSha: baseSha,
  });
  const hash = planHash({
    plan: PLAN,
    snapshotDigest: snapshotDigest(snapshot),
    baseSha,
    budgetMicroUsd: 1_000_000,
  });
  const body = { ...CHANGE, baseSha };
  const digest = changeSetDigest(body);
  if (WITH_PLAN.includes(state)) {
    const plan = await storePlan(tx, deps.mint, {
      taskId,
      attemptId: attempt.id,
      hash,
      body: PLAN,
      baseSha,
      snapshotDigest: snapshotDigest(snapshot),
      budgetMicroUsd: 1_000_000,
      state: state === "AWAITING_APPROVAL" ? "proposed" : "approved",
    });
    await setTask(tx, taskId, { planId: plan.id });
  }
  if (WITH_CHANGE.includes(state)) {
    const change = { taskId, attemptId: attempt.id, digest, body, evidence: EVIDENCE };
    const { id } = await storeChangeSet(tx, deps.mint, change);
    await setTask(tx, taskId, { changeSetId: id, branch: `aicd/issue-${issueNumber}` });
  }
  const { pullRequestNumber = PULL_REQUEST + issueNumber } = input;
  const given = input.withPullRequest ?? (input.pullRequestNumber === undefined ? undefined : true);
  if (given ?? WITH_PULL_REQUEST.includes(state)) {
    await setTask(tx, taskId, {
      pullRequestNumber,
      pullRequestUrl: `https://github.com/pull/${issueNumber}`,
    });
  }
  const atWork = AT_WORK.includes(state);
  await stand(tx, { taskId, attemptId: attempt.id, state, attemptState: atWork ? "leased" : "succeeded" });
  const task = await findTask(tx, taskId);
  if (task === undefined) throw new Error("a planted task is gone");
  return { task, attempt: atWork ? attempt : undefined, hash, digest };
}

/** Past the machine: a task is put where a test begins. A task that waits for its runner has no attempt yet. */
async function stand(
  tx: TenantTx,
  at: { taskId: TaskId; attemptId: string; state: TaskState; attemptState: string },
): Promise<void> {
  const { tenantId } = tx.scope as { tenantId: TenantId };
  await tx.query(
    "UPDATE tasks SET state = $3, thread_version = 1, thread_rendered = 1 WHERE tenant_id = $1 AND id = $2",
    [tenantId, at.taskId, at.state],
  );
  await tx.query(
    `UPDATE attempts SET state = $3, epoch = 1,
       lease_until = CASE WHEN $3 = 'leased' THEN now() + interval '1 minute' END,
       ended_at = CASE WHEN $3 = 'succeeded' THEN now() END
     WHERE tenant_id = $1 AND id = $2`,
    [tenantId, at.attemptId, at.attemptState],
  );
}

export const PLAN = Plan.parse({
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

export const CHANGE = ChangeSet.parse({
  baseSha: BASE_SHA,
  files: [{ kind: "write", path: "src/sum.js", mode: "100644", baseMode: "100644", contentBase64: "c3Vt" }],
  title: "Round once",
  summary: "",
});

export const EVIDENCE = Evidence.parse({ setup: [], before: [], after: [], sandbox: "bwrap" });

function snapshotOf(number: number): Snapshot {
  return Snapshot.parse({
    issue: {
      number,
      title: "Sums are wrong",
      body: "They are rounded twice.",
      author: { login: MONA.login, permission: "write" },
      url: `https://github.com/acme/widget/issues/${number}`,
    },
    comments: [],
    guidance: [],
    removed: [],
  });
}
