import { AicdError, type TaskId, type TaskState } from "@aicd/core";
import {
  type Attempt,
  findLatestAttempt,
  findPlan,
  findPosted,
  findTask,
  hasWork,
  markRendered,
  type PlanRow,
  type Repository,
  type Scope,
  type Task,
} from "@aicd/db";
import { bounded, editIssueComment, lettingOthersFirst, postIssueComment } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { grantedFor, patchUrlOf, repositoryOf, scopeOf } from "../facts.ts";
import { canWait } from "./on-its-way.ts";
import { placesOf } from "./places/places.ts";
import { planKey } from "./plan.ts";
import { type RoundFacts, roundOf } from "./round.ts";
import { renderStatus } from "./status.ts";

/** Key of the sticky comment: one per issue, so a second task on the issue takes it over. */
const STATUS_KEY = "status";

/** Job `update-thread`: renders until the thread shows the newest version. */
export async function updateThread(deps: Deps, payload: { tenantId: string; taskId: string }): Promise<void> {
  const scope = scopeOf(payload);
  for (let round = 0; round < 20; round++) {
    const view = await loadView(deps, scope, payload.taskId as TaskId);
    if (view === undefined || view.task.threadRendered >= view.task.threadVersion) return;
    const statusCommentId = await render(deps, view);
    const { id: taskId, threadVersion: version } = view.task;
    const newest = await deps.db.withTenant(scope, (tx) =>
      markRendered(tx, { taskId, version, statusCommentId }),
    );
    if (newest === undefined || newest <= version) return;
  }
  throw new AicdError("limited", "The thread changes faster than it can be shown; its job comes back.");
}

const STOPPED: ReadonlySet<TaskState> = new Set(["FAILED", "CANCELLED", "BLOCKED"]);

type View = {
  task: Task;
  repository: Repository;
  plan: PlanRow | undefined;
  attempt: Attempt | undefined;
  planCommentId: number | undefined;
  round: RoundFacts;
  hasWork: boolean;
};

async function loadView(deps: Deps, scope: Scope, taskId: TaskId): Promise<View | undefined> {
  return deps.db.withTenant(scope, async (tx) => {
    const task = await findTask(tx, taskId);
    if (task === undefined || task.threadRendered >= task.threadVersion) return undefined;
    const attempt = await findLatestAttempt(tx, task.id);
    const plan = task.planId === null ? undefined : await findPlan(tx, task.planId);
    return {
      task,
      attempt,
      repository: await repositoryOf(tx, task),
      plan,
      planCommentId:
        plan === undefined ? undefined : await findPosted(tx, { taskId, key: planKey(plan.hash) }),
      round: await roundOf(tx, task, attempt),
      // Elsewhere it is on the pull request, or nobody looks for it yet.
      hasWork: STOPPED.has(task.state) && (await hasWork(tx, task.id)),
    };
  });
}

async function render(deps: Deps, view: View): Promise<number> {
  const { task, repository } = view;
  const patchUrl = view.hasWork ? patchUrlOf(deps, task) : undefined;
  const { serverUrl, publicUrl } = deps;
  const places = placesOf({ ...view, runId: view.attempt?.runId ?? null, serverUrl, publicUrl });
  const body = bounded(renderStatus({ ...view, patchUrl, serverUrl, places }));
  const clients = grantedFor(deps, repository, "write-thread");
  const commentId = task.statusCommentId;
  if (commentId !== null) {
    const edit = () => editIssueComment(clients.write, repository, { commentId, key: STATUS_KEY, body });
    const edited = await (canWait(task) ? lettingOthersFirst(edit) : edit());
    if (edited) return commentId;
  }
  return postOrTakeOver(deps, clients, repository, { issueNumber: task.issueNumber, body });
}

async function postOrTakeOver(
  deps: Deps,
  clients: ReturnType<Deps["github"]["installation"]>,
  repository: { owner: string; name: string },
  input: { issueNumber: number; body: string },
): Promise<number> {
  const { id, found } = await postIssueComment(clients, repository, {
    ...input,
    key: STATUS_KEY,
    appLogin: deps.appLogin,
    look: true,
    single: true,
  });
  if (found)
    await editIssueComment(clients.write, repository, { commentId: id, key: STATUS_KEY, body: input.body });
  return id;
}
