import type {
  AgentRole,
  AgentScope,
  AgentTask,
  CodeOutcome,
  IAgent,
  PlanOutcome,
  ReviewOutcome,
} from "@aicd/core";

/** One agent made of three: whoever plays a role, the runner sees no difference. */
export class CastAgent implements IAgent {
  readonly name: string;
  readonly #cast: Record<AgentRole, IAgent>;

  constructor(cast: Record<AgentRole, IAgent>) {
    this.name = [...new Set([cast.planner, cast.coder, cast.critic].map((agent) => agent.name))].join(" + ");
    this.#cast = cast;
  }

  plan(task: AgentTask, scope: AgentScope): Promise<PlanOutcome> {
    return this.#cast.planner.plan(task, scope);
  }

  code(task: Parameters<IAgent["code"]>[0], scope: AgentScope): Promise<CodeOutcome> {
    return this.#cast.coder.code(task, scope);
  }

  review(task: Parameters<IAgent["review"]>[0], scope: AgentScope): Promise<ReviewOutcome> {
    return this.#cast.critic.review(task, scope);
  }
}
