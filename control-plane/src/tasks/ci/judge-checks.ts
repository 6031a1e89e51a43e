import { type CiDecision, DEFAULT_SETTINGS, decideCi } from "@aicd/core";
import { findLatestAttempt, findTask, type Scope, type Task, type TenantTx } from "@aicd/db";
import { fetchPullRequestHead, isStatus } from "@aicd/github";
import type { Deps } from "../../deps.ts";
import { grantedFor, loadTask, scopeOf } from "../../facts.ts";
import { Postponed } from "../../outbox/postponed.ts";
import { renderCi } from "../../thread/check/render-ci.ts";
import { beginRevision } from "../begin-revision.ts";
import { say } from "../say.ts";
import { fetchResults } from "./fetch-results.ts";

/** Time in which the Apps that check one push tell of their ends. */
const TOGETHER_MS = 1_000;
const PUBLISHED_MS = 5_000;
const NONE = { rounds: 0, fingerprint: null };

/** Owes a look at the checks of a task's pull request. */
export async function oweJudgement(deps: Deps, tx: TenantTx, { id, state }: Task): Promise<void> {
  if (state !== "PR_OPEN" && state !== "PUBLISHING") return;
  await deps.enqueue(tx, "judge-checks", { ...tx.scope, taskId: id }, { delayMs: TOGETHER_MS });
}

/**
 * Job `judge-checks`: once all checks of our newest commit have ended, what is red by this change is mended in a
 * round of its own, a bounded number of times; what else is red is told. Of people's own commits it says nothing.
 */
export async function judgeChecks(deps: Deps, payload: { tenantId: string; taskId: string }): Promise<void> {
  const scope = scopeOf(payload);
  const loaded = await loadTask(deps, scope, payload.taskId);
  if (loaded === undefined) return;
  const { task, repository } = loaded;
  // Fast checks end before it is written down which commit they are about.
  if (task.state === "PUBLISHING")
    throw new Postponed("The commit is just being published.", { delayMs: PUBLISHED_MS, hasTurn: false });
  const { headSha, pullRequestNumber } = task;
  if (task.state !== "PR_OPEN" || headSha === null || pullRequestNumber === null) return;
  const context = await deps.db.withTenant(
    scope,
    async (tx) => (await findLatestAttempt(tx, task.id))?.context,
  );
  const { read } = grantedFor(deps, repository, "read-checks");
  try {
    if ((await fetchPullRequestHead(read, repository, pullRequestNumber)) !== headSha) return;
    const about = { headSha, baseSha: context?.baseSha, appLogin: deps.appLogin };
    const results = await fetchResults(read, repository, about);
    // What an older release froze knows no such setting.
    const most = (context?.settings.ci ?? DEFAULT_SETTINGS.ci).rounds;
    const decision = decideCi(results, { history: task.ci ?? NONE, most });
    await act(deps, scope, { task, headSha, pullRequestNumber, decision, most });
  } catch (error) {
    if (!isStatus(error, 403)) throw error;
    // An owner's to give; without it red checks are people's, as they were.
    deps.log.warn({ err: error, taskId: task.id }, "the App may not read checks here, so it mends none");
  }
}

async function act(
  deps: Deps,
  scope: Scope,
  judged: { task: Task; headSha: string; pullRequestNumber: number; decision: CiDecision; most: number },
): Promise<void> {
  const { task: before, headSha, pullRequestNumber, decision, most } = judged;
  if (decision.kind === "pending" || decision.kind === "green" || decision.kind === "person") return;
  const round = (before.ci?.rounds ?? 0) + 1;
  await deps.db.withTenant(scope, async (tx) => {
    const task = await findTask(tx, before.id);
    if (task?.state !== "PR_OPEN" || task.headSha !== headSha) return;
    if (decision.kind === "mend") {
      const { failing, fingerprint } = decision;
      const ci = { rounds: round, fingerprint, failing };
      if (!(await beginRevision(deps, tx, { task, by: undefined, trigger: "checks.failed", ci }))) return;
    }
    await say(deps, tx, {
      taskId: task.id,
      key: `ci:${headSha}:${decision.kind}`,
      target: { kind: "issue", number: pullRequestNumber },
      body: renderCi(decision, { round, most, asks: task.requestedBy.login }),
    });
  });
}
