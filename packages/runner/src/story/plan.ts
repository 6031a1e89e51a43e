import type { Plan } from "@aicd/core";
import { type Attempt, enter, failed, type Result } from "./attempt.ts";

export type Planned = { kind: "plan"; plan: Plan; hash: string; next: "wait" | "code" };

/** The planning phase: the agent's plan is handed in; the answer says whether this lease goes on to code. */
export async function plan(attempt: Attempt): Promise<Planned | Result> {
  const { agent, task, scope, client, lease, events } = attempt;
  enter(attempt, "planning");
  const outcome = await agent.plan(task, scope);
  if (outcome.kind === "stopped") return failed(outcome.reason, outcome.detail);
  if (outcome.kind === "question") return { kind: "question", questions: outcome.questions.slice(0, 10) };
  scope.signal.throwIfAborted();
  await events.flush();
  const { hash, next } = await client.plan(lease, outcome.plan);
  return { kind: "plan", plan: outcome.plan, hash, next };
}
