import type { Endpoints, ModelChoice } from "@aicd/agents";
import { AicdError, type Provider, type Settings } from "@aicd/core";
import type { ModelEnv } from "../env.ts";

export const DEFAULT_MODEL = {
  anthropic: "claude-sonnet-5-5",
  openai: "gpt-5.5",
  "openai-compatible": undefined,
} as const satisfies Record<Provider, string | undefined>;

export type Models = {
  models: { planner: ModelChoice; coder: ModelChoice; critic: ModelChoice };
  endpoints: Endpoints;
};

/** Which model plays which role: the command line first, then the settings, then the key that is there. */
export function chooseModels(input: {
  settings: Settings;
  env: ModelEnv;
  provider?: Provider | undefined;
  model?: string | undefined;
}): Models {
  const { settings, env } = input;
  const { anthropicKey, openaiKey } = env;
  if (anthropicKey === undefined && openaiKey === undefined) {
    throw new AicdError(
      "invalid",
      "No model: set ANTHROPIC_API_KEY or OPENAI_API_KEY (and *_BASE_URL for other servers).",
    );
  }
  const byKey: Provider = anthropicKey === undefined ? "openai" : "anthropic";
  const choose = (role: "planner" | "coder" | "critic"): ModelChoice => {
    const own = settings[role];
    const provider = input.provider ?? own.provider ?? settings.provider ?? byKey;
    const model = input.model ?? own.model ?? settings.model ?? DEFAULT_MODEL[provider];
    if (model === undefined) throw new AicdError("invalid", `Name a model for ${provider} with --model.`);
    const needsKey = provider === "anthropic" ? anthropicKey : openaiKey;
    if (needsKey === undefined) {
      const name = provider === "anthropic" ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY";
      throw new AicdError("invalid", `The ${role} is to use ${provider}, but ${name} is not set.`);
    }
    return { provider, model, fallback: own.fallback };
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
