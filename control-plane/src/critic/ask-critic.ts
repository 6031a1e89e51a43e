import { connectModel, reviewAlone } from "@aicd/agents";
import { AicdError, LIMITS, type ReviewOutcome } from "@aicd/core";
import { findPlan, type Scope } from "@aicd/db";
import { widenDiff } from "@aicd/runner";
import type { Deps } from "../deps.ts";
import { gatewayFetch } from "../models/gateway-fetch.ts";
import { chooseModels, vendorsOf } from "../models/vendors.ts";
import type { Waiting } from "../tasks/critic/waiting.ts";
import { textDiffOfTask } from "../tasks/kept/patch-of-task.ts";

/** An answer that takes longer has stalled, or its vendor has. Below the job's own limit. */
const CALL_MS = 600_000;

/**
 * Asks the task's critic about a change as it would be published, against what GitHub has, by the gateway: the call is
 * held, booked and paid like any of the runner's. What the runner measured goes along as its claim.
 */
export async function askCritic(
  deps: Deps,
  scope: Scope,
  { task, attempt, changeSet }: Waiting,
  signal: AbortSignal,
): Promise<ReviewOutcome> {
  const { context, tokenHash } = attempt;
  const { settings, snapshot } = context;
  const found = await deps.db.withTenant(scope, async (tx) => ({
    plan: task.planId === null ? undefined : await findPlan(tx, task.planId),
    critic: chooseModels(settings, await vendorsOf(deps, tx)).critic,
  }));
  if (found.plan === undefined || tokenHash === null)
    throw new AicdError("broken", "A change is under review that has no plan.", { retryable: false });
  const diff = await textDiffOfTask(deps, scope, { taskId: task.id, changeSetId: changeSet.id });
  const caller = { scope, attemptId: attempt.id, tokenHash, settings };
  const gateway = { apiKey: "the gateway's", fetch: gatewayFetch(deps, caller) };
  // Whatever program plays the critic on a runner: here there is none to start.
  const model = connectModel(
    { ...found.critic, agent: "model" },
    {
      anthropic: { ...gateway, baseURL: "http://gateway/anthropic" },
      openai: { ...gateway, baseURL: "http://gateway/openai/v1" },
    },
  );
  return reviewAlone(
    model,
    {
      snapshot,
      settings,
      instructions: context.instructions?.text ?? "",
      plan: found.plan.body,
      diff: widenDiff(diff ?? "", changeSet.body),
      evidence: changeSet.evidence,
    },
    {
      signal,
      now: deps.now,
      report() {},
      // What may be spent is the gateway's to say, with each call.
      budget: {
        limitMicroUsd: Number.POSITIVE_INFINITY,
        deadlineMs: deps.now() + CALL_MS,
        maxSteps: LIMITS.stepsPerPhase,
        spentMicroUsd: () => 0,
      },
    },
  );
}
