import type { IAgent } from "@aicd/core";
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

export function createOpenAgent({ models, endpoints }: AgentOptions): IAgent {
  return createModelAgent({
    models: {
      planner: connectModel(models.planner, endpoints),
      coder: connectModel(models.coder, endpoints),
      critic: connectModel(models.critic, endpoints),
    },
  });
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
