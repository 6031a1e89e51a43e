import { AicdError, type Evidence } from "@aicd/core";
import { FencedError, type LeaseGrant, type RunnerClient } from "@aicd/protocol";
import { assemble, createSpending, reasonOf } from "./assemble.ts";
import { type Cut, type HeldLease, holdLease } from "./lease/hold.ts";
import { type Attempt, failed, type Result } from "./story/attempt.ts";
import { code } from "./story/code.ts";
import { beginEarly } from "./story/early.ts";
import { plan } from "./story/plan.ts";
import { withoutPrograms } from "./story/prove.ts";
import type { WorkOptions } from "./work-options.ts";

export type RunOptions = WorkOptions & {
  oidcToken: () => Promise<string>;
  attemptId: string;
  runKey: string;
  /** Called with the grant before anything is done with it, e.g. to mask its token in logs. */
  onLease?: (grant: LeaseGrant) => void;
};

/** How the attempt ended here. `fenced`: another runner has it; `interrupted`: our process had to go. */
export type AttemptReport = {
  outcome: Exclude<Result["kind"], "failed"> | "failed" | Cut["kind"];
  /** A failure's name, from FAILURE_REASONS. */
  reason?: string;
  /** For a person; empty when there is nothing to add. */
  detail: string;
  planHash?: string;
  costMicroUsd: number;
  /** What was written, finished or not, as a patch. */
  patch?: Buffer;
  /** What was run to prove the change that was handed in last. */
  evidence?: Evidence;
};

/**
 * One attempt from its lease to its last word. Throws only when no lease could be had for another
 * reason than being second; all that happens under the lease becomes a result and a report.
 */
export async function runAttempt(options: RunOptions): Promise<AttemptReport> {
  const taken = await takeLease(options);
  if (taken.kind === "fenced") return { outcome: "fenced", detail: taken.why, costMicroUsd: 0 };
  options.onLease?.(taken.grant);
  return runLeased(options, taken.grant);
}

export type Taken = { kind: "leased"; grant: LeaseGrant } | { kind: "fenced"; why: string };

/** Exchanges our identity for the lease. Being second is normal, since a dispatch may arrive twice: a value. */
export async function takeLease(
  options: Pick<RunOptions, "client" | "oidcToken" | "attemptId" | "runKey">,
): Promise<Taken> {
  const { client, oidcToken, attemptId, runKey } = options;
  try {
    return { kind: "leased", grant: await client.lease(oidcToken, { attemptId, runKey }) };
  } catch (error) {
    if (error instanceof FencedError) return { kind: "fenced", why: error.message };
    throw error;
  }
}

/** The rest of an attempt whose lease is held. Never throws for what happens inside it. */
export async function runLeased(options: WorkOptions, grant: LeaseGrant): Promise<AttemptReport> {
  const { client } = options;
  const held = holdLease(client, grant, options.signal);
  const spending = createSpending();
  const left: Left = {};
  try {
    const noting = { ...options, client: noteEvidence(client, left) };
    const result = await attemptWork(noting, grant, held, spending, left);
    const end = await conclude(client, held, result);
    return { ...toReport(end), ...left, costMicroUsd: spending.microUsd() };
  } finally {
    held.release();
  }
}

/** What an attempt leaves behind, however it ends. */
type Left = Pick<AttemptReport, "planHash" | "patch" | "evidence">;

/** Each change is handed in with its proof. */
function noteEvidence(client: RunnerClient, left: Left): RunnerClient {
  return {
    ...client,
    async changeSet(lease, body) {
      left.evidence = body.evidence;
      return client.changeSet(lease, body);
    },
  };
}

/** The phases in order; whatever is thrown on the way becomes a failure with a name. */
async function attemptWork(
  options: WorkOptions,
  grant: LeaseGrant,
  held: HeldLease,
  spending: ReturnType<typeof createSpending>,
  left: Left,
): Promise<Result> {
  let attempt: Attempt;
  try {
    attempt = await assemble(options, grant, held, spending);
  } catch (error) {
    return failed(reasonOf(error), messageOf(error));
  }
  try {
    return await goThroughPhases(attempt, left);
  } catch (error) {
    // The story throws on a cut and when the control plane stays away; both end here.
    held.notice(error);
    // Cancelled, asked to end, or broken: what there is was paid for, and goes to whoever is next.
    if (held.cut()?.kind !== "fenced") await attempt.checkpoints.save();
    const broken = error instanceof AicdError && error.kind === "broken";
    return failed(broken ? "workspace_broken" : "internal_error", messageOf(error));
  } finally {
    await attempt.checkpoints.close();
    const patch = await patchOf(attempt);
    if (patch !== undefined) left.patch = patch;
  }
}

/** A patch is one more copy: that it cannot be made must not change how the attempt ended. */
async function patchOf({ tree, scope }: Attempt): Promise<Buffer | undefined> {
  try {
    return await tree.patch(scope.workspace.written);
  } catch (error) {
    scope.report({ type: "note", text: `No patch could be made of the work: ${messageOf(error)}` });
    return undefined;
  }
}

async function goThroughPhases(attempt: Attempt, left: Left): Promise<Result> {
  const lacking = withoutPrograms(attempt);
  if (lacking !== undefined) return lacking;
  const { phase, plan: approved } = attempt.grant;
  if (phase !== "plan") {
    if (approved === null) return failed("internal_error", "The lease asks for code but has no plan.");
    return code(attempt, approved, { transcript: attempt.grant.transcript ?? undefined });
  }
  const early = beginEarly(attempt);
  try {
    const planned = await plan(attempt);
    if (planned.kind !== "plan") return planned;
    left.planHash = planned.hash;
    if (planned.next === "wait") return { kind: "planned" };
    return await code(attempt, planned.plan, { transcript: planned.transcript, early });
  } finally {
    await early?.stop();
  }
}

/** Sends the last word, unless it is no longer ours to say. */
async function conclude(client: RunnerClient, held: HeldLease, result: Result): Promise<Result | Cut> {
  // With the plan in a person's hands the attempt is over at the server: that it hears no more is no rival's doing.
  const fence = (cut: Cut | undefined) =>
    cut?.kind === "fenced" ? (result.kind === "planned" ? result : cut) : undefined;
  const cut = held.cut();
  if (cut?.kind === "interrupted") return cut;
  const early = fence(cut);
  if (early !== undefined) return early;
  const last: Result = cut === undefined ? result : { kind: "cancelled" };
  // Events that cannot be delivered must not take the result with them.
  await held.events.flush().catch(held.notice);
  const late = fence(held.cut());
  if (late !== undefined) return late;
  try {
    await client.result(held.lease, last);
    return cut ?? last;
  } catch (error) {
    held.notice(error);
    return fence(held.cut()) ?? held.cut() ?? failed("internal_error", messageOf(error));
  }
}

function toReport(end: Result | Cut): Omit<AttemptReport, "costMicroUsd"> {
  if ("why" in end) return { outcome: end.kind, detail: end.why };
  if (end.kind === "failed") return { outcome: "failed", reason: end.reason, detail: end.detail };
  if (end.kind === "question") return { outcome: "question", detail: end.questions.join("\n") };
  return { outcome: end.kind, detail: end.kind === "approved" ? end.verdict.summary : "" };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
