import type { IAgent } from "@aicd/core";
import { CastAgent } from "./cast-agent.ts";
import { claudeCode } from "./command-line/claude-code.ts";
import { CliAgent } from "./command-line/cli-agent.ts";
import { codex } from "./command-line/codex.ts";
import { createModelAgent } from "./model-agent.ts";
import { connectModel, type Endpoints, type ModelChoice } from "./models/connect.ts";

export type AgentOptions = {
  models: { planner: ModelChoice; coder: ModelChoice; critic: ModelChoice };
  endpoints: Endpoints;
};

/** What the private overlay exports; it may use everything the open package exports. */
export type AgentOverlay = { createAgent(options: AgentOptions): IAgent | Promise<IAgent> };

/** Not a literal in an `import`, so that no bundler, type check or architecture rule pulls it in. */
const OVERLAY = "@aicd/proprietary-ai";

/**
 * The agent of the private overlay when it is installed, else the open one. An overlay that is there
 * but broken is an error: silently working with other prompts would be worse.
 */
export async function loadAgent(options: AgentOptions, overlay: string = OVERLAY): Promise<IAgent> {
  const found = await loadOverlay(overlay);
  return found === undefined ? createOpenAgent(options) : found.createAgent(options);
}

/** Each role played as its choice says: by our own loop around a model, or by an agent command line. */
export function createOpenAgent({ models, endpoints }: AgentOptions): IAgent {
  const { planner, coder, critic } = models;
  return new CastAgent({
    planner: play(planner, endpoints),
    coder: play(coder, endpoints),
    critic: play(critic, endpoints),
  });
}

function play(choice: ModelChoice, endpoints: Endpoints): IAgent {
  const { agent = "model" } = choice;
  if (agent === "claude-code") return new CliAgent({ commandLine: claudeCode, choice, endpoints });
  if (agent === "codex") return new CliAgent({ commandLine: codex, choice, endpoints });
  const model = connectModel(choice, endpoints);
  return createModelAgent({ models: { planner: model, coder: model, critic: model } });
}

async function loadOverlay(name: string): Promise<AgentOverlay | undefined> {
  try {
    return (await import(/* webpackIgnore: true */ name)) as AgentOverlay;
  } catch (error) {
    // Only its own absence is expected; a missing dependency of it is a fault to be seen.
    if (isMissing(error, name)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes(`'${name}'`);
}
