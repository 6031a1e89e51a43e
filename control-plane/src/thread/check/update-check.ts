import { createHash } from "node:crypto";
import { type CriticVerdict, checkKey, type PolicyVerdict, type TaskId } from "@aicd/core";
import {
  type ChangeSetRow,
  claimCheckRun,
  findLatestAttempt,
  findPlan,
  findPosted,
  findTask,
  listPublishedChanges,
  listVerdicts,
  noteCheckRun,
  type Repository,
  releaseCheckRun,
  type Scope,
  type Task,
  type TenantTx,
} from "@aicd/db";
import {
  type CheckView,
  endCheckRun,
  fetchPullRequestHead,
  isStatus,
  lettingOthersFirst,
  writeCheckRun,
} from "@aicd/github";
import type { Deps } from "../../deps.ts";
import { grantedFor, repositoryOf, scopeOf } from "../../facts.ts";
import { Postponed } from "../../outbox/postponed.ts";
import { placesOf } from "../places/places.ts";
import { planKey } from "../plan.ts";
import { roundOf } from "../round.ts";
import { standingOf } from "../standing.ts";
import { type CheckSubject, renderCheck } from "./render-check.ts";

/** Longer than the job may take, so that nobody who still writes has lost his claim. */
const CLAIM_MS = 90_000;
const HELD_MS = 5_000;

type Note = NonNullable<Task["checkRun"]>;
/** What it is to show, and on which commit. */
type Wanted = { sha: string; view: CheckView };

/**
 * Job `update-check`: the check run on the head of a task's pull request shows how the task stands. One worker at a
 * time, and what is there is looked for before it is made, so there is one check run on each head.
 */
export async function updateCheck(deps: Deps, payload: { tenantId: string; taskId: string }): Promise<void> {
  const scope = scopeOf(payload);
  const taskId = payload.taskId as TaskId;
  const claim = await deps.db.withTenant(scope, async (tx) => {
    if ((await findTask(tx, taskId)) === undefined) return "gone";
    return claimCheckRun(tx, taskId, CLAIM_MS);
  });
  if (claim === "gone") return;
  if (claim === undefined)
    throw new Postponed("Another worker writes this check run.", { delayMs: HELD_MS, hasTurn: false });
  try {
    await show(deps, scope, claim);
  } finally {
    await deps.db.withTenant(scope, (tx) => releaseCheckRun(tx, claim));
  }
}

async function show(deps: Deps, scope: Scope, task: Task): Promise<void> {
  try {
    await bringUpToDate(deps, scope, task);
  } catch (error) {
    if (!isStatus(error, 403)) throw error;
    // The permission is newer than the installation. It is an owner's to give; the work does not wait for it.
    await note(deps, scope, task, { kind: "refused" });
    if (task.checkRun?.kind === "refused") return;
    const facts = { err: error, taskId: task.id, repositoryId: task.repositoryId };
    deps.log.warn(facts, "the App may not write checks here, so this pull request has none of ours");
  }
}

async function bringUpToDate(deps: Deps, scope: Scope, task: Task): Promise<void> {
  const { pullRequestNumber, headSha } = task;
  if (pullRequestNumber === null || headSha === null) return;
  const repository = await deps.db.withTenant(scope, (tx) => repositoryOf(tx, task));
  const clients = grantedFor(deps, repository, "write-checks");
  const there = await fetchPullRequestHead(clients.read, repository, pullRequestNumber);
  const wanted = await deps.db.withTenant(scope, (tx) => wantedOf(deps, tx, { task, repository, there }));
  const { sha, view } = wanted;
  const digest = digestOf(wanted);
  const known = task.checkRun?.kind === "written" ? task.checkRun : undefined;
  if (known?.sha === sha && known.digest === digest) return;
  if (known !== undefined && known.sha !== sha && !known.completed) {
    await endCheckRun(clients, repository, { id: known.id, ...superseded(sha) });
    await note(deps, scope, task, { ...known, digest: "", completed: true });
  }
  const key = checkKey({ taskId: task.id, pullRequestNumber });
  const write = () =>
    writeCheckRun(clients, repository, {
      ...{ sha, key, view, appLogin: deps.appLogin },
      known: known?.sha === sha ? known.id : undefined,
    });
  const completed = view.standing.status === "completed";
  const id = await (completed ? write() : lettingOthersFirst(write));
  await note(deps, scope, task, { kind: "written", id, sha, digest, completed });
}

async function wantedOf(
  deps: Deps,
  tx: TenantTx,
  at: { task: Task; repository: Repository; there: string },
): Promise<Wanted> {
  const { task, repository, there } = at;
  const published = await listPublishedChanges(tx, task.id);
  const isOurs = published.some(({ commitSha }) => commitSha === there);
  // GitHub may name the commit before our newest for a moment; anything else is somebody's.
  const sha = isOurs && task.headSha !== null ? task.headSha : there;
  const attempt = await findLatestAttempt(tx, task.id);
  const plan = task.planId === null ? undefined : await findPlan(tx, task.planId);
  const planCommentId =
    plan === undefined ? undefined : await findPosted(tx, { taskId: task.id, key: planKey(plan.hash) });
  const change = published.findLast(({ commitSha }) => commitSha === sha);
  const view = renderCheck({
    task,
    places: placesOf({
      ...{ task, repository, planCommentId, runId: attempt?.runId ?? null },
      ...{ serverUrl: deps.serverUrl, publicUrl: deps.publicUrl },
    }),
    round: await roundOf(tx, task, attempt),
    standing: await standingOf(tx, task),
    change: change === undefined ? undefined : await foundIn(tx, change),
  });
  return { sha, view };
}

async function foundIn(
  tx: TenantTx,
  { id, evidence, partial }: ChangeSetRow,
): Promise<NonNullable<CheckSubject["change"]>> {
  const verdicts = await listVerdicts(tx, id);
  const critic = verdicts.find(({ judge }) => judge === "critic")?.body as CriticVerdict | undefined;
  const policy = verdicts.find(({ judge, kind }) => judge === "policy" && kind !== "overridden")?.body as
    | PolicyVerdict
    | undefined;
  return { evidence, partial, critic: critic?.findings ?? [], policy: policy?.findings ?? [] };
}

/** Money runs on while a round is at work; that alone is not worth a write. */
function digestOf({ sha, view }: Wanted): string {
  const { standing, title, summary, buttons, detailsUrl } = view;
  const shown = standing.status === "completed" ? summary : "";
  return createHash("sha256")
    .update(JSON.stringify([sha, standing, title, shown, buttons, detailsUrl]))
    .digest("hex");
}

function superseded(sha: string): { title: string; summary: string } {
  return {
    title: "A newer commit is at the head",
    summary: `The check run of ${sha.slice(0, 9)} says how it stands.`,
  };
}

async function note(deps: Deps, scope: Scope, task: Task, checkRun: Note): Promise<void> {
  await deps.db.withTenant(scope, (tx) => noteCheckRun(tx, task.id, checkRun));
}
