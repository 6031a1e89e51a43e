import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  BashAgent,
  connectModel,
  createOpenAgent,
  type Endpoints,
  loadAgent,
  MockAgent,
  type ModelChoice,
} from "../../../packages/agents/src/index.ts";
import type { ModelEnv } from "../../../packages/cli/src/env.ts";
import { endpointsOf } from "../../../packages/cli/src/run/models.ts";
import { AicdError, DEFAULT_MODELS, type IAgent, type Provider } from "../../../packages/core/src/index.ts";
import type { AgentName, BenchOptions } from "./options.ts";
import { readRecording, startTape } from "./tape.ts";
import type { Task } from "./task.ts";

export type Mode = "live" | "replayed" | "mock";

/** How one task's agent is had. */
export type Connection = {
  mode: Mode;
  choice: { provider: Provider; model: string };
  createAgent: () => IAgent | Promise<IAgent>;
  /** What makes a replay worthless, in one sentence. */
  problem(cameToEnd: boolean): string | undefined;
  stop(): Promise<void>;
};

/** A model by its key, else the task's recording. Throws AicdError that says what to set when there is neither. */
export async function connect(task: Task, options: BenchOptions, env: ModelEnv): Promise<Connection> {
  const { agent } = options;
  const provider = providerOf(options, env);
  const model = options.model ?? DEFAULT_MODELS[provider];
  const nothing = { problem: () => undefined, stop: async () => undefined };
  if (agent === "mock") {
    const choice = { provider, model: "mock" };
    return { mode: "mock", choice, createAgent: () => new MockAgent(), ...nothing };
  }
  if (!options.replay && isReachable(provider, env)) {
    if (model === undefined) throw new AicdError("invalid", `Name a model for ${provider} with --model.`);
    const choice = { provider, model };
    return {
      mode: "live",
      choice,
      createAgent: () => create(agent, choice, endpointsOf(env), loadAgent),
      ...nothing,
    };
  }
  const file = join(task.directory, `recording.${agent}.json`);
  if (!existsSync(file)) throw new AicdError("invalid", withoutModel(provider, `recording.${agent}.json`));
  const recording = await readRecording(file);
  const tape = await startTape(recording);
  const endpoint = { apiKey: "none" };
  const endpoints = {
    anthropic: { ...endpoint, baseURL: tape.url },
    openai: { ...endpoint, baseURL: `${tape.url}/v1` },
  };
  const choice = { provider, model: recording.model };
  return {
    mode: "replayed",
    choice,
    // Recordings are of the open agent; a private one would ask for something else.
    createAgent: () => create(agent, choice, endpoints, createOpenAgent),
    problem: (cameToEnd) => tape.problem(cameToEnd),
    stop: () => tape.stop(),
  };
}

function create(
  agent: AgentName,
  choice: ModelChoice,
  endpoints: Endpoints,
  load: typeof loadAgent | typeof createOpenAgent,
): IAgent | Promise<IAgent> {
  if (agent === "bash") return new BashAgent(connectModel(choice, endpoints));
  return load({ models: { planner: choice, coder: choice, critic: choice }, endpoints });
}

function providerOf({ agent, provider }: BenchOptions, env: ModelEnv): Provider {
  if (provider !== undefined) return provider;
  if (agent === "openai") return "openai";
  if (agent === "claude" || isReachable("anthropic", env)) return "anthropic";
  return isReachable("openai", env) ? "openai" : "anthropic";
}

/** Servers of one's own often want no key, so an address is enough. */
function isReachable(provider: Provider, env: ModelEnv): boolean {
  if (provider === "anthropic") return env.anthropicKey !== undefined || env.anthropicUrl !== undefined;
  return env.openaiKey !== undefined || env.openaiUrl !== undefined;
}

function withoutModel(provider: Provider, recording: string): string {
  const name = provider === "anthropic" ? "ANTHROPIC" : "OPENAI";
  return `No model: set ${name}_API_KEY (or ${name}_BASE_URL), or put ${recording} into the task's folder.`;
}
