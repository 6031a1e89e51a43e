import type { Endpoints } from "@aicd/agents";
import {
  type AgentKind,
  type AgentRole,
  AicdError,
  chooseRole,
  fits,
  type ModelChoice,
  type Provider,
  type Settings,
} from "@aicd/core";
import type { ModelEnv } from "../env.ts";

export type Models = {
  models: { planner: ModelChoice; coder: ModelChoice; critic: ModelChoice };
  endpoints: Endpoints;
};

/** Which model plays which role: the command line first, then the settings, then the key that is there. */
export function chooseModels(input: {
  settings: Settings;
  env: ModelEnv;
  agent?: AgentKind | undefined;
  provider?: Provider | undefined;
  model?: string | undefined;
}): Models {
  const { settings, env } = input;
  // Servers of one's own often want no key, so an address is enough.
  const hasAnthropic = (env.anthropicKey ?? env.anthropicUrl) !== undefined;
  const hasOpenai = (env.openaiKey ?? env.openaiUrl) !== undefined;
  if (!hasAnthropic && !hasOpenai) {
    throw new AicdError(
      "invalid",
      "No model: set ANTHROPIC_API_KEY or OPENAI_API_KEY (and *_BASE_URL for other servers).",
    );
  }
  const byKey: Provider = hasAnthropic ? "anthropic" : "openai";
  const choose = (role: AgentRole): ModelChoice => {
    const { agent, provider, model: named } = input;
    const said = Object.fromEntries(
      Object.entries({ agent, provider, model: named }).filter(([, word]) => word !== undefined),
    );
    const { model, ...choice } = chooseRole(
      { ...settings, [role]: { ...settings[role], ...said } },
      role,
      byKey,
    );
    if (!fits(choice.agent, choice.provider)) {
      throw new AicdError(
        "invalid",
        `The ${role} cannot be ${choice.agent} with a model of ${choice.provider}.`,
      );
    }
    if (model === undefined) {
      throw new AicdError("invalid", `Name a model for ${choice.provider} with --model.`);
    }
    if (!(choice.provider === "anthropic" ? hasAnthropic : hasOpenai)) {
      const name = choice.provider === "anthropic" ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY";
      throw new AicdError("invalid", `The ${role} is to use ${choice.provider}, but ${name} is not set.`);
    }
    return { ...choice, model };
  };
  return {
    models: { planner: choose("planner"), coder: choose("coder"), critic: choose("critic") },
    endpoints: endpointsOf(env),
  };
}

/**
 * Where the vendors are. Addresses are taken with and without `/v1`, as people copy them from different
 * places: Anthropic's clients add it themselves, OpenAI's expect it. Servers without keys get a word
 * instead, because the clients insist on one.
 */
export function endpointsOf(env: ModelEnv): Endpoints {
  insistOnAddress("ANTHROPIC_BASE_URL", env.anthropicUrl);
  insistOnAddress("OPENAI_BASE_URL", env.openaiUrl);
  const anthropicUrl = (env.anthropicUrl ?? "https://api.anthropic.com").replace(/(?:\/v1)?\/*$/, "");
  const openaiUrl = (env.openaiUrl ?? "https://api.openai.com/v1").replace(/\/+$/, "");
  return {
    anthropic: { baseURL: anthropicUrl, apiKey: env.anthropicKey ?? "none" },
    openai: {
      baseURL: new URL(openaiUrl).pathname === "/" ? `${openaiUrl}/v1` : openaiUrl,
      apiKey: env.openaiKey ?? "none",
    },
  };
}

function insistOnAddress(name: string, value: string | undefined): void {
  if (value === undefined || /^https?:$/.test(URL.parse(value)?.protocol ?? "")) return;
  const shown = value.slice(0, 200);
  throw new AicdError(
    "invalid",
    `${name} is not a web address: ${shown}. Give one such as http://127.0.0.1:11434/v1, or unset it.`,
  );
}
