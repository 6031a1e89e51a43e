import { changeSetDigest, type Snapshot } from "@aicd/core";
import { CHANGE, EVIDENCE, PLAN } from "../../testing/tasks.ts";
import type { HistoryWorld } from "./history-world.ts";

type Runner = {
  attemptId: string;
  token: string;
  epoch: number;
  phase: "plan" | "code" | "revise";
  startSha: string;
  snapshot: Snapshot;
  /** What it said last; a network says such things again. */
  last?: { route: string; body: object };
};

type Waiting = { id: string; run_key: string; run_id: string | null; state: string };

let serial = 0;

/** Runners of one task's attempts: they come, work, fail, fall silent, and say things twice and too late. */
export function createRunnersOf(world: HistoryWorld, issue: number) {
  const { home, pool, deps } = world;
  const runners: Runner[] = [];

  async function attempts(states: readonly string[]): Promise<Waiting[]> {
    const { rows } = await pool.query<Waiting>(
      `SELECT a.id, a.run_key, a.run_id, a.state FROM attempts a JOIN tasks t ON t.id = a.task_id
       WHERE t.issue_number = $1 AND a.state = ANY ($2) ORDER BY a.number`,
      [issue, states],
    );
    return rows;
  }

  async function say(runner: Runner, route: string, body: object): Promise<Record<string, unknown>> {
    runner.last = { route, body };
    return (await world.post(route, runner.token, { epoch: runner.epoch, ...body })).body;
  }

  /** The run that was started comes, or comes again. */
  async function come(): Promise<void> {
    for (const { id, run_key: runKey, run_id: runId } of await attempts(["dispatched", "leased"])) {
      if (runId === null) continue;
      const token = await home.github.oidc.sign(claims(home, Number(runId)));
      const { status, body } = await world.post("lease", token, { attemptId: id, runKey });
      if (status !== 200) continue;
      runners.push({
        attemptId: id,
        token: String(body.leaseToken),
        epoch: Number(body.epoch),
        phase: body.phase as Runner["phase"],
        startSha: String(body.startSha),
        snapshot: body.snapshot as Snapshot,
      });
    }
  }

  /** From where it stands to its last word. */
  async function finish(runner: Runner, chance: number): Promise<void> {
    if (runner.phase === "plan") {
      const { next } = await say(runner, "plan", { plan: { ...PLAN, title: `Round once (${chance})` } });
      if (next !== "code") return;
    }
    const text = Buffer.from(`sum ${issue} ${++serial}\n`).toString("base64");
    const files = CHANGE.files.map((file) => ({ ...file, contentBase64: text }));
    const changeSet = { ...CHANGE, files, baseSha: runner.startSha };
    const digest = changeSetDigest(changeSet as typeof CHANGE);
    await say(runner, "changeset", { digest, changeSet, evidence: EVIDENCE });
    const receipts = (runner.snapshot.review?.comments ?? []).map(({ id: commentId }) => ({
      commentId,
      kind: "changed",
      text: "Done.",
    }));
    const verdict = { approved: true, summary: "Looks right.", findings: [] };
    await say(runner, "result", { result: { kind: "approved", changeSetDigest: digest, verdict, receipts } });
  }

  /** Somebody stops it in the Actions tab. */
  async function stopRun(chance: number): Promise<void> {
    const [attempt] = await attempts(["dispatched", "leased"]);
    const run = home.github.runs("acme/widget").find(({ id }) => String(id) === attempt?.run_id);
    if (run === undefined || run.status === "completed") return;
    home.github.cancelRun(run.id, chance % 2 === 0 ? "mona" : "octa");
  }

  async function silence(): Promise<void> {
    await pool.query(
      `UPDATE attempts SET lease_until = now() - interval '1 second' WHERE state = 'leased' AND task_id IN
         (SELECT id FROM tasks WHERE issue_number = $1)`,
      [issue],
    );
  }

  return {
    attempts,
    come,
    silence,
    async move(which: number, chance: number): Promise<void> {
      const runner = runners.at(-1 - (chance % Math.max(1, runners.length)));
      if (which % 7 === 6) return stopRun(chance);
      if (which % 7 === 0) return come();
      if (which % 7 === 1) return silence();
      if (runner === undefined) return come();
      if (which % 7 === 2) {
        const result = { kind: "failed", reason: "checks_failed", detail: "1 test fails." };
        return void (await say(runner, "result", { result }));
      }
      if (which % 7 === 3 && runner.last !== undefined) {
        const { route, body } = runner.last;
        return void (await say(runner, route, body));
      }
      if (which % 7 === 4 && chance % 4 === 0) {
        return void (await say(runner, "result", {
          result: { kind: "question", questions: ["Which sum?"] },
        }));
      }
      return finish(runner, chance);
    },
    /** Everybody who is still expected comes and does their work. */
    async finishAll(): Promise<void> {
      await come();
      const live = new Set((await attempts(["leased"])).map(({ id }) => id));
      for (const runner of runners) if (live.has(runner.attemptId)) await finish(runner, deps.now() % 97);
    },
  };
}

/** What GitHub says of a run; `main` is where all of these were started. */
export function claims(home: HistoryWorld["home"], runId: number): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000);
  return {
    iss: home.github.oidc.issuer,
    aud: "http://aicd.test",
    jti: `history-${++serial}`,
    iat: now,
    nbf: now,
    exp: now + 300,
    repository_id: String(home.repositoryId),
    repository_owner_id: String(home.account.id),
    event_name: "workflow_dispatch",
    ref: "refs/heads/main",
    workflow_ref: "acme/widget/.github/workflows/aicd.yml@refs/heads/main",
    workflow_sha: home.baseSha,
    run_id: String(runId),
    run_attempt: "1",
    runner_environment: "github-hosted",
  };
}
