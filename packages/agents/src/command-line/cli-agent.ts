import type {
  AgentRole,
  AgentScope,
  AgentTask,
  CodeOutcome,
  IAgent,
  PlanOutcome,
  ReviewOutcome,
  Stopped,
} from "@aicd/core";
import type { z } from "zod";
import type { Endpoints, ModelChoice } from "../models/connect.ts";
import { CODER } from "../prompts/coder.ts";
import { CRITIC } from "../prompts/critic.ts";
import { PLANNER } from "../prompts/planner.ts";
import { coderBlocks } from "../roles/coder.ts";
import { criticBlocks, settle } from "../roles/critic.ts";
import { plannerBlocks } from "../roles/planner.ts";
import { ANSWERS, ENDINGS } from "./answers.ts";
import type { CommandLine } from "./command-line.ts";
import { drive } from "./drive.ts";

const SYSTEM = { planner: PLANNER, coder: CODER, critic: CRITIC } as const;

/** An agent command line in a role of ours: the same words, workspace, budget and proof as our own loop. */
export class CliAgent implements IAgent {
  readonly name: string;
  readonly #commandLine: CommandLine;
  readonly #choice: ModelChoice;
  readonly #endpoints: Endpoints;

  constructor(options: { commandLine: CommandLine; choice: ModelChoice; endpoints: Endpoints }) {
    this.#commandLine = options.commandLine;
    this.#choice = options.choice;
    this.#endpoints = options.endpoints;
    this.name = `${options.commandLine.name} with ${options.choice.model}`;
  }

  async plan(task: AgentTask, scope: AgentScope): Promise<PlanOutcome> {
    const end = await this.#lookingOnly(scope, () =>
      this.#ask("planner", plannerBlocks(task, scope), ANSWERS.planner, scope),
    );
    if (end.kind === "stopped") return end;
    const { kind, plan, questions } = end.value;
    if (kind === "plan" && plan !== null) return { kind: "planned", plan };
    if (questions.length > 0) return { kind: "question", questions };
    return misbehaved("The plan is empty and nothing is asked.");
  }

  async code(task: Parameters<IAgent["code"]>[0], scope: AgentScope): Promise<CodeOutcome> {
    const end = await this.#ask("coder", coderBlocks(task, scope), ANSWERS.coder, scope);
    if (end.kind === "stopped") return end;
    const { kind, title, summary, receipts, questions } = end.value;
    if (kind === "ask" && questions.length > 0) return { kind: "question", questions };
    const named = title.trim() === "" ? task.plan.title : title;
    return { kind: "coded", title: named.slice(0, 120), summary, receipts };
  }

  async review(task: Parameters<IAgent["review"]>[0], scope: AgentScope): Promise<ReviewOutcome> {
    const end = await this.#lookingOnly(scope, () =>
      this.#ask("critic", Promise.resolve(criticBlocks(task)), ANSWERS.critic, scope),
    );
    if (end.kind === "stopped") return end;
    return { kind: "reviewed", verdict: settle(end.value) };
  }

  async #ask<T>(role: AgentRole, blocks: Promise<string[]>, schema: z.ZodType<T>, scope: AgentScope) {
    const request = {
      role,
      system: `${SYSTEM[role]}\n\n${ENDINGS[role]}`,
      prompt: (await blocks).join("\n\n"),
    };
    const about = { commandLine: this.#commandLine, choice: this.#choice, endpoints: this.#endpoints };
    return drive({ ...about, request, schema }, scope);
  }

  /** Planner and critic have no business in the tree; where nothing can stop them, it is at least seen. */
  async #lookingOnly<T>(scope: AgentScope, work: () => Promise<T | Stopped>): Promise<T | Stopped> {
    const before = await scope.workspace.diff();
    const end = await work();
    if ((await scope.workspace.diff()) === before) return end;
    return misbehaved(`${this.name} changed files while it was only to look.`);
  }
}

function misbehaved(detail: string): Stopped {
  return { kind: "stopped", reason: "model_misbehaved", detail };
}
