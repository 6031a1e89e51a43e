import { randomBytes } from "node:crypto";
import { AicdError, LIMITS, parseId } from "@aicd/core";
import {
  type Attempt,
  appendAudit,
  findAttempt,
  findPlan,
  findTask,
  leaseAttempt,
  locateAttempt,
  type Repository,
  type Scope,
  type Task,
  useOidcToken,
} from "@aicd/db";
import { isOnBranch, type RunClaims, WORKFLOW_FILE } from "@aicd/github";
import type { LeaseGrant, LeaseRequest } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import { grantedFor, repositoryOf } from "../facts.ts";
import { hashToken } from "../identity/authenticate-runner.ts";
import { chooseModels, vendorsOf } from "../models/vendors.ts";
import { move } from "../tasks/move.ts";
import { leftOfMonth } from "../tasks/tenant-limits.ts";
import { checkpointFor } from "./checkpoint.ts";

const EVENTS = new Set(["workflow_dispatch", "repository_dispatch"]);

/** `POST /v1/runner/lease`: a workflow run that proves who it is gets the attempt it was started for. */
export async function lease(deps: Deps, oidcToken: string, request: LeaseRequest): Promise<LeaseGrant> {
  const claims = await deps.verifyOidc(oidcToken);
  const id = parseId("attempt", request.attemptId);
  const located = id === undefined ? undefined : await locateAttempt(deps.db.system, { id });
  if (located === undefined) throw new AicdError("missing", "There is no such attempt.");
  const scope = { tenantId: located.tenantId };
  await insistOnHistory(deps, scope, { id: located.id, claims, request });
  const token = `aicd_lease_${randomBytes(32).toString("base64url")}`;

  return deps.db.withTenant(scope, async (tx) => {
    const attempt = await findAttempt(tx, located.id);
    const task = attempt === undefined ? undefined : await findTask(tx, attempt.taskId);
    if (attempt === undefined || task === undefined)
      throw new AicdError("missing", "There is no such attempt.");
    const repository = await repositoryOf(tx, task);
    const mismatch = mismatchOf(claims, request, { attempt, repository });
    if (mismatch !== undefined) throw refused(deps, scope, attempt.id, mismatch);
    if (!(await useOidcToken(tx, { jti: claims.jti, attemptId: attempt.id }))) {
      throw new AicdError("unauthenticated", "The OIDC token was used before; ask for a new one.");
    }
    const leased = await leaseAttempt(tx, {
      id: attempt.id,
      runId: claims.run_id,
      runAttempt: claims.run_attempt,
      tokenHash: hashToken(token),
    });
    if (leased === undefined) throw taken();
    await begin(deps, tx, task, leased);
    return grant(deps, { tx, task, attempt: leased, repository, token });
  });
}

/**
 * The workflow that runs is one of the default branch's: GitHub names the commit it is from, and says whether that
 * is in the branch's history. Asked only for a run that fits in all else, and of none that began where the attempt did.
 */
async function insistOnHistory(
  deps: Deps,
  scope: Scope,
  { id, claims, request }: { id: Attempt["id"]; claims: RunClaims; request: LeaseRequest },
): Promise<void> {
  const found = await deps.db.withTenant(scope, async (tx) => {
    const attempt = await findAttempt(tx, id);
    const task = attempt === undefined ? undefined : await findTask(tx, attempt.taskId);
    return attempt === undefined || task === undefined
      ? undefined
      : { attempt, repository: await repositoryOf(tx, task) };
  });
  const context = found?.attempt.context;
  // Whatever else is wrong is said below.
  if (found === undefined || context == null || mismatchOf(claims, request, found) !== undefined) return;
  const { workflow_sha: sha } = claims;
  if (sha === undefined) throw refused(deps, scope, id, "its token does not name the commit of its workflow");
  if (sha === context.baseSha && context.baseBranch === context.defaultBranch) return;
  const { read } = grantedFor(deps, found.repository, "read-code");
  const at = { sha, branch: context.defaultBranch };
  const isThere = await isOnBranch(read, found.repository, at).catch((cause: unknown) => {
    throw new AicdError("unavailable", "GitHub could not say where the workflow is from. Try again.", {
      cause,
    });
  });
  if (!isThere)
    throw refused(deps, scope, id, "its workflow is from a commit that the default branch does not have");
}

function refused(deps: Deps, scope: Scope, attemptId: string, mismatch: string): AicdError {
  deps.log.warn({ ...scope, attemptId, mismatch }, "lease refused");
  return new AicdError("forbidden", `This workflow run may not have the attempt: ${mismatch}.`);
}

function taken(): AicdError {
  return new AicdError("conflict", "The attempt is another runner's, or it is over. There is nothing to do.");
}

/** The first claim that does not fit the row, in words; undefined: all fit. `sub` is not looked at. */
function mismatchOf(
  claims: RunClaims,
  request: LeaseRequest,
  facts: { attempt: Attempt; repository: Repository },
): string | undefined {
  const { attempt, repository } = facts;
  if (attempt.context === null) return "it is not ready";
  const { defaultBranch } = attempt.context;
  const { owner, name } = repository;
  const workflow = `${owner}/${name}/.github/workflows/${WORKFLOW_FILE}@refs/heads/${defaultBranch}`;
  if (repository.installationState !== "active") return "the installation is suspended or gone";
  if (request.runKey !== attempt.runKey) return "the run key is another's";
  if (claims.repository_id !== repository.githubId) return "the repository is another";
  if (claims.repository_owner_id !== repository.accountId) return "the owner is another";
  if (!EVENTS.has(claims.event_name)) return "the event that started it";
  if (claims.ref !== `refs/heads/${defaultBranch}`) return "it does not run on the default branch";
  // Whole: `owner/other/.github/workflows/…` ends alike. GitHub compares names of accounts without their case.
  if (!sameName(claims.workflow_ref, workflow)) return "the workflow file is another";
  if (!["github-hosted", "self-hosted"].includes(claims.runner_environment)) return "the runner is unknown";
  return undefined;
}

function sameName(a: string, b: string): boolean {
  const lower = (text: string) => text.replace(/^[^/]+\/[^/]+/, (names) => names.toLowerCase());
  return lower(a) === lower(b);
}

async function begin(
  deps: Deps,
  tx: Parameters<typeof move>[1],
  task: Task,
  attempt: Attempt,
): Promise<void> {
  const trigger = attempt.phase === "plan" ? ("planning.started" as const) : ("coding.started" as const);
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger,
    set: { progress: null },
    event: { attemptId: attempt.id, number: attempt.number, runId: attempt.runId },
  });
  // The same run asking again finds its task at work already; a cancelled task gives nobody a lease.
  const at_work = attempt.epoch > 1 && ["PLANNING", "CODING", "REVIEWING"].includes(task.state);
  if (moved === undefined && !at_work) throw taken();
  await appendAudit(tx, deps.mint, {
    actor: { kind: "runner", id: `run ${attempt.runId}` },
    action: "attempt.leased",
    target: attempt.id,
    detail: { taskId: task.id, epoch: attempt.epoch },
  });
}

async function grant(
  deps: Deps,
  input: {
    tx: Parameters<typeof findPlan>[0];
    task: Task;
    attempt: Attempt;
    repository: Repository;
    token: string;
  },
): Promise<LeaseGrant> {
  const { task, attempt, repository, token } = input;
  const { context } = attempt;
  if (context === null) throw new AicdError("broken", "The attempt has no context.");
  const plan = task.planId === null ? undefined : await findPlan(input.tx, task.planId);
  const approved = plan?.state === "approved" ? plan : undefined;
  const goesOn = approved !== undefined && attempt.phase !== "plan";
  const transcript = goesOn ? await deps.transcripts.open(input.tx, approved.id) : undefined;
  return {
    leaseToken: token,
    epoch: attempt.epoch,
    leaseMs: LIMITS.leaseMs,
    heartbeatMs: LIMITS.heartbeatMs,
    taskId: task.id,
    attemptId: attempt.id,
    phase: attempt.phase,
    auto: task.mode === "auto" && context.settings.approval === "auto",
    repository: { owner: repository.owner, name: repository.name, defaultBranch: context.defaultBranch },
    startSha: context.startSha,
    baseSha: context.baseSha,
    snapshot: context.snapshot,
    settings: context.settings,
    plan: approved?.body ?? null,
    models: chooseModels(context.settings, await vendorsOf(deps, input.tx)),
    budget: {
      limitMicroUsd: Math.min(
        Math.max(0, task.budgetMicroUsd - task.spentMicroUsd),
        (await leftOfMonth(input.tx)) ?? Number.POSITIVE_INFINITY,
      ),
      deadlineMs: deps.now() + LIMITS.attemptMs,
      maxSteps: LIMITS.stepsPerPhase,
    },
    gateway: {
      anthropic: `${deps.publicUrl}/v1/models/anthropic`,
      openai: `${deps.publicUrl}/v1/models/openai/v1`,
    },
    nextSeq: attempt.nextSeq,
    checkpoint: await checkpointFor(input.tx, attempt),
    transcript: transcript ?? null,
    critic: context.critic ?? "runner",
  };
}
