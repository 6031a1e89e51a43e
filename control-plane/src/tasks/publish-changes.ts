import { branchName, judge, type TaskId } from "@aicd/core";
import { findSecrets } from "@aicd/core/secrets";
import {
  appendAudit,
  findAttempt,
  findChangeSet,
  findPlan,
  findTask,
  listVerdicts,
  noteCommit,
  type Scope,
  setTask,
  type Task,
} from "@aicd/db";
import {
  closePullRequest,
  commitChangeSet,
  fetchBranchHead,
  fetchPullRequestState,
  headline,
  mayWrite,
  openBranchName,
  openPullRequest,
  type PullRequest,
  permissionOf,
  renderPullRequest,
  updatePullRequest,
} from "@aicd/github";
import type { Deps } from "../deps.ts";
import { believeGitHub, grantedFor, repositoryOf, scopeOf } from "../facts.ts";
import { answerReview } from "./answer-review.ts";
import { beginRevision } from "./begin-revision.ts";
import { endByPullRequest } from "./fate/ask-pull-request.ts";
import { move } from "./move.ts";
import { describeRounds, type Published, titleOf } from "./rounds/describe-rounds.ts";

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
  const { task, repository, changeSet, attempt } = publication;
  const clients = grantedFor(deps, repository, "publish");

  const refusal = await refusalOf(deps, publication);
  if (refusal !== undefined) return fail(deps, scope, task, refusal);
  if (task.pullRequestNumber !== null) {
    const state = await fetchPullRequestState(clients.read, repository, task.pullRequestNumber);
    // It ended before its webhook told us.
    if (state !== "open") {
      await deps.db.withTenant(scope, (tx) => endByPullRequest(deps, tx, task.id, { state }));
      return;
    }
  }
  const base = task.baseBranch ?? attempt.context?.baseBranch ?? "main";
  if (
    task.pullRequestNumber === null &&
    (await fetchBranchHead(clients.read, repository, base)) === undefined
  ) {
    return fail(deps, scope, task, `The branch \`${base}\` that the change is for is not there any more.`);
  }
  const branch = await chooseBranch(deps, scope, publication);
  // Somebody may have cancelled while we asked; after this the commit is on its way.
  if (!(await stillWanted(deps, scope, publication))) return;
  const committed = await commitChangeSet(clients, repository, {
    branch,
    changeSet: changeSet.body,
    digest: changeSet.digest,
    coAuthor: task.requestedBy,
  });
  if (committed.kind === "moved") {
    return fail(deps, scope, task, `Somebody pushed to \`${branch}\` meanwhile; their commits are kept.`);
  }
  if (!(await stillWanted(deps, scope, publication))) return;
  const facts = await describeRounds(deps, scope, { published: publication, sha: committed.sha, base });
  const body = renderPullRequest(facts);
  const title = titleOf(publication, facts.rounds);
  const pullRequest =
    task.pullRequestNumber === null
      ? await openPullRequest(clients, repository, {
          branch,
          base,
          title: headline(title ?? changeSet.body.title),
          body,
        })
      : await updatePullRequest(clients, repository, task.pullRequestNumber, {
          body,
          ...(title === undefined ? {} : { title: headline(title) }),
        });
  const opened = await settle(deps, scope, { publication, sha: committed.sha, pullRequest, branch });
  // Cancelled at the last moment: a pull request nobody waits for is taken back.
  if (!opened && task.pullRequestNumber === null && !(await isOpen(deps, scope, task.id))) {
    await closePullRequest(clients, repository, pullRequest.number);
  }
}

/** Writes down that it is open, answers the review, and takes up the next one if there is one. */
async function settle(
  deps: Deps,
  scope: Scope,
  done: { publication: Published; sha: string; pullRequest: PullRequest; branch: string },
): Promise<boolean> {
  const { publication, sha, pullRequest, branch } = done;
  const { task, changeSet } = publication;
  return deps.db.withTenant(scope, async (tx) => {
    await noteCommit(tx, changeSet.id, sha);
    const moved = await move(deps, tx, {
      taskId: task.id,
      trigger: "pull_request.opened",
      set: {
        pullRequestNumber: pullRequest.number,
        pullRequestUrl: pullRequest.url,
        headSha: sha,
        reason: null,
        detail: null,
        progress: null,
        reviewIds: [],
        ...(task.ci === null ? {} : { ci: { ...task.ci, failing: [] } }),
      },
      event: { number: pullRequest.number, sha, branch },
    });
    if (moved === undefined) return false;
    await appendAudit(tx, deps.mint, {
      actor: { kind: "system", id: deps.appLogin },
      action: "pull_request.published",
      target: `${task.id}#${pullRequest.number}`,
      detail: { branch, sha, digest: changeSet.digest, onBehalfOf: task.requestedBy.login },
    });
    await answerReview(deps, tx, { ...publication, sha, pullRequest });
    if (moved.waitingReviewIds.length > 0) {
      await beginRevision(deps, tx, { task: moved, by: undefined });
    }
    return true;
  });
}

/** Asked again right before GitHub is written to: a permission, or a rule, may be another than it was. */
async function refusalOf(
  deps: Deps,
  { task, repository, changeSet, attempt, verdicts }: Published,
): Promise<string | undefined> {
  if (repository.installationState !== "active") return "The App is suspended or no longer installed here.";
  if (attempt.context === null) return "Nobody knows by which settings the change was made.";
  const change = await believeGitHub(deps, repository, changeSet.body);
  const { kind } = judge(change, attempt.context.settings, findSecrets);
  if (kind === "refused") return "The change breaks a rule that nobody may override.";
  if (kind === "blocked" && !verdicts.some((each) => each.kind === "overridden")) {
    return "The change breaks a rule that nobody has overridden. Ask for it again to see which.";
  }
  const { read } = grantedFor(deps, repository, "ask-people");
  const permission = await permissionOf(read, repository, task.requestedBy);
  return mayWrite(permission) ? undefined : "The person who asked may no longer write to this repository.";
}

async function stillWanted(deps: Deps, scope: Scope, publication: Published): Promise<boolean> {
  return deps.db.withTenant(scope, async (tx) => {
    const task = await findTask(tx, publication.task.id);
    return task?.state === "PUBLISHING" && task.changeSetId === publication.changeSet.id;
  });
}

async function isOpen(deps: Deps, scope: Scope, taskId: TaskId): Promise<boolean> {
  return deps.db.withTenant(scope, async (tx) => (await findTask(tx, taskId))?.pullRequestNumber != null);
}

async function load(deps: Deps, scope: Scope, taskId: TaskId): Promise<Published | undefined> {
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
async function chooseBranch(deps: Deps, scope: Scope, publication: Published): Promise<string> {
  const { task, repository, changeSet } = publication;
  const { read } = grantedFor(deps, repository, "read-code");
  if (task.branch !== null) {
    const { closedBy } = await openBranchName(read, repository, task.branch);
    if (closedBy === undefined) return task.branch;
  }
  const title = task.issueTitle === "" ? changeSet.body.title : task.issueTitle;
  let { name: branch } = await openBranchName(read, repository, branchName(task.issueNumber, title));
  // Somebody else's branch of that name is left alone.
  if ((await fetchBranchHead(read, repository, branch)) !== undefined) branch += `-${changeSet.id.slice(-6)}`;
  await deps.db.withTenant(scope, (tx) => setTask(tx, task.id, { branch }));
  return branch;
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
