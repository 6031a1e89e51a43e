import type { AgentScope, AgentTask, CodeOutcome, IAgent, PlanOutcome, ReviewOutcome } from "@aicd/core";
import { anthropic, type ConnectionOptions } from "./models/anthropic.ts";
import type { Model } from "./models/model.ts";
import { openai } from "./models/openai.ts";
import { resilient } from "./models/resilient.ts";
import { review } from "./roles/critic.ts";
import { code, plan } from "./roles/engineer.ts";

export type RoleModels = { planner: Model; coder: Model; critic: Model };

/** The open agent: our prompts and tools around one model per role, whoever's they are. */
export class ModelAgent implements IAgent {
  readonly name: string;
  readonly #models: RoleModels;

  constructor(models: RoleModels) {
    const { planner, coder, critic } = models;
    this.name = [...new Set([planner, coder, critic].map((model) => model.name))].join(" + ");
    this.#models = models;
  }

  plan(task: AgentTask, scope: AgentScope): Promise<PlanOutcome> {
    return plan(this.#models.planner, task, scope);
  }

  code(task: Parameters<IAgent["code"]>[0], scope: AgentScope): Promise<CodeOutcome> {
    return code(this.#models.coder, task, scope);
  }

  review(task: Parameters<IAgent["review"]>[0], scope: AgentScope): Promise<ReviewOutcome> {
    return review(this.#models.critic, task, scope);
  }
}

export function createModelAgent(options: { models: RoleModels }): IAgent {
  return new ModelAgent(options.models);
}

/** One Claude model in all three roles. */
export class ClaudeAgent extends ModelAgent {
  constructor(options: ConnectionOptions) {
    const model = resilient({ model: anthropic(options) });
    super({ planner: model, coder: model, critic: model });
  }
}

/** One OpenAI model in all three roles. */
export class OpenAIAgent extends ModelAgent {
  constructor(options: ConnectionOptions) {
    const model = resilient({ model: openai(options) });
    super({ planner: model, coder: model, critic: model });
  }
}
