import {
  type AttemptState,
  ChangeSet,
  Evidence,
  type FailureReason,
  type FileChange,
  Plan,
  type Role,
  type TaskId,
  type ThreadReceipt,
  type Tokens,
} from "@aicd/core";
import { expect, onTestFinished } from "vitest";
import { plantTask } from "../../api/testing/plant.ts";
import type { World } from "../../api/testing/world.ts";
import type { OpenTab, Tab } from "./tab.ts";

export type Visits = ReturnType<typeof createVisits>;

type Planted = {
  state?: AttemptState;
  reason?: FailureReason;
  detail?: string;
  minutes?: number;
  receipts?: ThreadReceipt[];
  spent?: { microUsd: number; tokens: Tokens };
};

/** How the flows open the dashboard, what they look for there, and what they put into the tables before. */
export function createVisits(world: World, openTab: OpenTab) {
  const { ours, url } = world;
  const { pool } = world.database;
  const { mint } = world.deps;
  let issueNumber = 1_000;

  async function open(path: string, role: Role = "owner"): Promise<Tab> {
    const tab = await openTab({ url, cookie: ours.users[role].cookie, path });
    onTestFinished(() => tab.close());
    return tab;
  }
  const plant = async (state: Parameters<typeof plantTask>[2]["state"], title: string) => {
    const id = await plantTask(pool, mint, { ...ours, issueNumber: issueNumber++, state });
    await pool.query("UPDATE tasks SET issue_title = $2 WHERE id = $1", [id, title]);
    return id;
  };

  /** An attempt of the task that wrote; its number is the count of those before. */
  async function plantAttempt(taskId: TaskId, made: Planted = {}): Promise<string> {
    const id = mint("attempt");
    const { state = "succeeded", reason = null, detail = null, minutes = 1, receipts = null } = made;
    await pool.query(
      `INSERT INTO attempts (tenant_id, id, task_id, number, phase, state, run_key, reason, detail, receipts, created_at, ended_at)
       SELECT $1, $2, $3, 1 + count(*), 'code', $4, $2, $5, $6, $7, now() - interval '1 minute' * $8,
         CASE WHEN $4 = 'leased' THEN NULL ELSE now() END
       FROM attempts WHERE task_id = $3`,
      [
        ...[ours.tenantId, id, taskId, state, reason, detail],
        ...[receipts === null ? null : JSON.stringify(receipts), minutes],
      ],
    );
    if (made.spent !== undefined) {
      await pool.query(
        `INSERT INTO usage (tenant_id, id, key, task_id, attempt_id, provider, model, tokens, price, micro_usd)
         VALUES ($1, $2, $2, $3, $4, 'anthropic', 'claude-sonnet-5', $5, '{}', $6)`,
        [ours.tenantId, mint("usage"), taskId, id, made.spent.tokens, made.spent.microUsd],
      );
    }
    return id;
  }

  async function tell(taskId: TaskId, type: string, body: object): Promise<void> {
    await pool.query("INSERT INTO events (tenant_id, id, task_id, type, body) VALUES ($1, $2, $3, $4, $5)", [
      ...[ours.tenantId, mint("event"), taskId, type, body],
    ]);
    await pool.query("UPDATE tasks SET thread_version = thread_version + 1 WHERE id = $1", [taskId]);
  }

  /** As an agent that reads one file after the other: all at once. */
  async function tellSteps(taskId: TaskId, attemptId: string, count: number): Promise<void> {
    const ids = Array.from({ length: count }, () => mint("event"));
    await pool.query(
      `INSERT INTO events (tenant_id, id, task_id, type, body)
       SELECT $1, id, $2, 'tool.used',
         jsonb_build_object('attemptId', $3::text, 'tool', 'read', 'detail', 'file ' || number, 'ok', true)
       FROM unnest($4::text[]) WITH ORDINALITY AS step (id, number)`,
      [ours.tenantId, taskId, attemptId, ids],
    );
    await pool.query("UPDATE tasks SET thread_version = thread_version + 1 WHERE id = $1", [taskId]);
  }

  /** A change of new files, so that nobody needs what was there before; the task's last work. */
  async function plantChange(
    taskId: TaskId,
    attemptId: string,
    input: { title: string; files: Record<string, string>; evidence?: object },
  ): Promise<string> {
    const id = mint("changeSet");
    const files: FileChange[] = Object.entries(input.files).map(([path, content]) => ({
      ...{ kind: "write", path, mode: "100644", baseMode: null },
      contentBase64: Buffer.from(content).toString("base64"),
    }));
    const body = ChangeSet.parse({ baseSha: "0".repeat(40), files, title: input.title, summary: "" });
    const nothing = { setup: [], before: [], after: [], sandbox: "bwrap" };
    await pool.query(
      `INSERT INTO change_sets (tenant_id, id, task_id, attempt_id, digest, body, evidence, created_at)
       VALUES ($1, $2, $3, $4, $2, $5, $6, clock_timestamp())`,
      [ours.tenantId, id, taskId, attemptId, body, Evidence.parse({ ...nothing, ...input.evidence })],
    );
    return id;
  }

  /** The newest plan of a task; the ones before are void. */
  async function plantPlan(taskId: TaskId, hash: string, words: Partial<Plan>): Promise<void> {
    const [id, attemptId] = [mint("plan"), await plantAttempt(taskId)];
    const body = Plan.parse({
      ...{ title: "Round once", understanding: "Sums are wrong.", cause: "Rounded twice." },
      ...{ files: [{ path: "src/sum.js", change: "Round the sum." }] },
      ...{ tests: [], checks: [], risks: [], questions: [] },
      estimate: { changedLines: 4, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.4 },
      ...words,
    });
    await pool.query("UPDATE plans SET state = 'void' WHERE task_id = $1", [taskId]);
    await pool.query(
      `INSERT INTO plans (tenant_id, id, task_id, attempt_id, hash, body, base_sha, snapshot_digest, budget_micro_usd, state)
       VALUES ($1, $2, $3, $4, $5, $6, 'base', 'digest', 1000000, 'proposed')`,
      [ours.tenantId, id, taskId, attemptId, hash, body],
    );
    await pool.query("UPDATE tasks SET plan_id = $2 WHERE id = $1", [taskId, id]);
  }

  const judge = (
    taskId: TaskId,
    changeSetId: string,
    [judgeName, kind, body]: ["critic" | "policy", string, object],
  ) =>
    pool.query(
      `INSERT INTO verdicts (tenant_id, id, task_id, change_set_id, judge, kind, body)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [ours.tenantId, mint("verdict"), taskId, changeSetId, judgeName, kind, body],
    );

  /** A task with two rounds, judged, proved, and with something to say at its files. */
  async function plantRead(title: string): Promise<TaskId> {
    const task = await plant("BLOCKED", title);
    const attempt = await plantAttempt(task);
    const finding = { path: "src/a.js", line: 1, severity: "minor", why: "`a` says little", wanted: null };
    const first = await plantChange(task, attempt, { title: "First", files: { "src/a.js": "let a = 1;\n" } });
    await judge(task, first, [
      "critic",
      "rejected",
      { approved: false, summary: "No.", findings: [finding] },
    ]);
    const last = await plantChange(task, attempt, {
      title: "Second",
      files: { "src/a.js": "const a = 1;\n", "ci/deploy.yml": "on: push # \u202e\n", "empty.txt": "" },
      evidence: {
        before: [{ command: "npm test", exitCode: 1, durationMs: 900, tests: null, outputTail: "red" }],
        testChanges: { fixed: ["sums"], broken: ["draws"], added: ["adds"], gone: [], failing: [] },
        weakened: [{ path: "src/a.js", what: "skips `rounds`" }],
      },
    });
    const rule = { rule: "path.protected", path: "ci/deploy.yml", message: "It deploys.", level: "block" };
    await judge(task, last, ["critic", "approved", { approved: true, summary: "Yes.", findings: [finding] }]);
    await judge(task, last, ["policy", "blocked", { kind: "blocked", findings: [rule] }]);
    return task;
  }

  return {
    base: "/organizations/ours",
    open,
    sees: (tab: Tab, text: string | RegExp) => expect.poll(() => tab.text()).toMatch(text),
    missing: (tab: Tab, text: string) => expect.poll(() => tab.text()).not.toContain(text),
    plant,
    plantAttempt,
    plantChange,
    plantPlan,
    judge,
    plantRead,
    tell,
    tellSteps,
    set: (id: string, columns: string) =>
      pool.query(`UPDATE tasks SET ${columns}, thread_version = thread_version + 1 WHERE id = $1`, [id]),
    stateOf: async (id: string) =>
      (await pool.query<{ state: string }>("SELECT state FROM tasks WHERE id = $1", [id])).rows[0]?.state,
  };
}
