import type { Plan, PlanOutcome, Transcript } from "@aicd/core";
import type { Redact } from "../redact.ts";
import { type Attempt, enter, failed, type Result } from "./attempt.ts";
import { learnedBefore, plannedBefore } from "./resume.ts";

export type Planned = {
  kind: "plan";
  plan: Plan;
  hash: string;
  next: "wait" | "code";
  transcript: Transcript | undefined;
};

/** The planning phase: the agent's plan is handed in; the answer says whether this lease goes on to code. */
export async function plan(attempt: Attempt): Promise<Planned | Result> {
  const { scope, client, lease, events, checkpoints } = attempt;
  enter(attempt, "planning");
  const outcome = await propose(attempt);
  if (outcome.kind === "stopped") return failed(outcome.reason, outcome.detail);
  if (outcome.kind === "question") return { kind: "question", questions: outcome.questions.slice(0, 10) };
  scope.signal.throwIfAborted();
  checkpoints.at({ stage: "planned", plan: outcome.plan });
  await events.flush();
  const transcript = redacted(outcome.transcript, attempt.checkRun.redact);
  const { hash, next } = await client.plan(lease, outcome.plan, transcript);
  return { kind: "plan", plan: outcome.plan, hash, next, transcript };
}

/** Nothing that must not leave this machine is in what is kept elsewhere. */
export function redacted(transcript: Transcript | undefined, redact: Redact): Transcript | undefined {
  return transcript === undefined ? undefined : { ...transcript, body: redact(transcript.body) };
}

/** A plan that was made for this very work and got lost on its way is not made again. */
async function propose(attempt: Attempt): Promise<PlanOutcome> {
  const { agent, task, scope, checkpoints } = attempt;
  const plan = plannedBefore(attempt);
  if (plan !== undefined) {
    scope.report({ type: "note", text: "The plan of a lost runner is handed in as it was." });
    return { kind: "planned", plan };
  }
  checkpoints.at({ stage: "planning", plan: null });
  const outcome = await agent.plan({ ...task, handover: learnedBefore(attempt) }, scope);
  if (outcome.kind === "stopped") await checkpoints.save();
  return outcome;
}
