import { branchName, type CriticVerdict, type PolicyVerdict, type TaskId } from "@aicd/core";
import {
  type Attempt,
  type ChangeSetRow,
  findAttempt,
  findChangeSet,
  findPlan,
  findTask,
  listVerdicts,
  noteCommit,
  type PlanRow,
  type Repository,
  type Scope,
  setTask,
  type Task,
} from "@aicd/db";
import {
  commitChangeSet,
  fetchBranchHead,
  mayWrite,
  openPullRequest,
  permissionOf,
  requestReview,
} from "@aicd/github";
import type { Deps } from "../deps.ts";
import { renderPullRequest } from "../thread/pull-request.ts";
import { answerReview } from "./answer-review.ts";
import { repositoryOf, scopeOf } from "./facts.ts";
import { move } from "./move.ts";

type Publication = {
  task: Task;
  repository: Repository;
  changeSet: ChangeSetRow;
  attempt: Attempt;
  plan: PlanRow | undefined;
  verdicts: Awaited<ReturnType<typeof listVerdicts>>;
};

/**
 * Job `publish-changes`: branch, signed commit, draft pull request. Each step looks whether an earlier
 * try has done it, so that a repetition changes nothing.
 */
export async function publishChanges(
  deps: Deps,
  payload: { tenantId: string; taskId: string },
): Promise<void> {
  const scope = scopeOf(payload);
  const publication = await load(deps, scope, payload.taskId as TaskId);
  if (publication === undefined) return;
  const { task, repository, changeSet } = publication;
  const clients = deps.github.installation(repository.installationGithubId);

  if (!mayWrite(await permissionOf(clients.read, repository, task.requestedBy.login))) {
    return fail(deps, scope, task, "The person who asked may no longer write to this repository.");
  }
  const branch = await chooseBranch(deps, scope, publication);
  const committed = await commitChangeSet(clients, repository, {
    branch,
    changeSet: changeSet.body,
    digest: changeSet.digest,
    coAuthor: task.requestedBy,
  });
  if (committed.kind === "moved") {
    return fail(deps, scope, task, `Somebody pushed to \`${branch}\` meanwhile; their commits are kept.`);
  }
  const pullRequest = await openPullRequest(clients, repository, {
    branch,
    base: task.baseBranch ?? "main",
    title: changeSet.body.title,
    body: renderBody(deps, publication),
  });
  const opened = await deps.db.withTenant(scope, async (tx) => {
    await noteCommit(tx, changeSet.id, committed.sha);
    const moved = await move(deps, tx, {
      taskId: task.id,
      trigger: "pull_request.opened",
      set: {
        pullRequestNumber: pullRequest.number,
        pullRequestUrl: pullRequest.url,
        headSha: committed.sha,
        reason: null,
        detail: null,
        progress: null,
      },
      event: { number: pullRequest.number, sha: committed.sha, branch },
    });
    if (moved !== undefined)
      await answerReview(deps, tx, { ...publication, sha: committed.sha, pullRequest });
    return moved;
  });
  const first = task.pullRequestNumber === null;
  if (opened !== undefined && first) {
    await requestReview(clients, repository, { number: pullRequest.number, login: task.requestedBy.login });
  }
}

async function load(deps: Deps, scope: Scope, taskId: TaskId): Promise<Publication | undefined> {
  return deps.db.withTenant(scope, async (tx) => {
    const task = await findTask(tx, taskId);
    if (task?.state !== "PUBLISHING" || task.changeSetId === null) return undefined;
    const changeSet = await findChangeSet(tx, { id: task.changeSetId });
    const attempt = changeSet === undefined ? undefined : await findAttempt(tx, changeSet.attemptId);
    if (changeSet === undefined || attempt === undefined) return undefined;
    return {
      task,
      changeSet,
      attempt,
      repository: await repositoryOf(tx, task),
      plan: task.planId === null ? undefined : await findPlan(tx, task.planId),
      verdicts: await listVerdicts(tx, changeSet.id),
    };
  });
}

/** The branch is written down before it is made: a repetition uses the same one. */
async function chooseBranch(deps: Deps, scope: Scope, publication: Publication): Promise<string> {
  const { task, repository, changeSet } = publication;
  if (task.branch !== null) return task.branch;
  const { read } = deps.github.installation(repository.installationGithubId);
  const title = task.issueTitle === "" ? changeSet.body.title : task.issueTitle;
  let branch = branchName(task.issueNumber, title);
  // Somebody else's branch of that name is left alone.
  if ((await fetchBranchHead(read, repository, branch)) !== undefined) branch += `-${task.id.slice(-6)}`;
  await deps.db.withTenant(scope, (tx) => setTask(tx, task.id, { branch }));
  return branch;
}

function renderBody(deps: Deps, publication: Publication): string {
  const { task, repository, changeSet, attempt, plan, verdicts } = publication;
  const critic = verdicts.find((verdict) => verdict.judge === "critic")?.body as CriticVerdict | undefined;
  const policy = verdicts.find((verdict) => verdict.judge === "policy" && verdict.kind !== "overridden");
  return renderPullRequest({
    issueNumber: task.issueNumber,
    plan: plan === undefined ? undefined : { body: plan.body, hash: plan.hash },
    changeSet: changeSet.body,
    evidence: changeSet.evidence,
    critic,
    policy: (policy?.body as PolicyVerdict | undefined)?.findings ?? [],
    spentMicroUsd: task.spentMicroUsd,
    runUrl:
      attempt.runId === null
        ? undefined
        : `${deps.serverUrl}/${repository.owner}/${repository.name}/actions/runs/${attempt.runId}`,
  });
}

async function fail(deps: Deps, scope: Scope, task: Task, detail: string): Promise<void> {
  await deps.db.withTenant(scope, (tx) =>
    move(deps, tx, {
      taskId: task.id,
      trigger: "publishing.failed",
      set: { reason: "publishing_failed", detail },
      event: { detail },
    }),
  );
}
