import { z } from "zod";
import { AgentKind, Effort, fits, Provider, type RoleSettings, type Settings, Thinking } from "./settings.ts";

export const AGENT_ROLES = ["planner", "coder", "critic"] as const;
export type AgentRole = (typeof AGENT_ROLES)[number];

/**
 * Who plays a role, complete. `fallback` is another model of the same vendor; `contextTokens` what their
 * server takes, the usual for the vendor when left out.
 */
export const ModelChoice = z.object({
  agent: AgentKind.default("model"),
  provider: Provider,
  model: z.string(),
  fallback: z.string().optional(),
  contextTokens: z.number().int().positive().optional(),
  effort: Effort.optional(),
  thinking: Thinking.optional(),
});
export type ModelChoice = z.infer<typeof ModelChoice>;

/** `openai-compatible` has none: only its owner knows what the server offers. */
export const DEFAULT_MODELS: Readonly<Record<Provider, string | undefined>> = {
  anthropic: "claude-sonnet-5-5",
  openai: "gpt-5.5",
  "openai-compatible": undefined,
};

/**
 * Who plays a role by the settings: the role's own words, then the ones for all roles, then `preferred`.
 * A word for all roles that belongs to another vendor than the role's is passed over.
 *
 * @returns `model` is undefined when nobody has named one for a vendor without a default
 */
export function chooseRole(
  settings: Settings,
  role: AgentRole,
  preferred: Provider,
): Omit<ModelChoice, "model"> & { model: string | undefined } {
  const own: RoleSettings = settings[role];
  const agent = own.agent ?? settings.agent ?? "model";
  const common = settings.provider ?? preferred;
  const spoken = agent === "claude-code" ? "anthropic" : "openai";
  const provider = own.provider ?? (fits(agent, common) ? common : spoken);
  const sameVendor = provider === common;
  const model = own.model ?? (sameVendor ? settings.model : undefined) ?? DEFAULT_MODELS[provider];
  const fallback = own.fallback ?? (sameVendor ? settings.fallback : undefined);
  const contextTokens = own.contextTokens ?? (sameVendor ? settings.contextTokens : undefined);
  const effort = own.effort ?? settings.effort;
  const thinking = own.thinking ?? settings.thinking;
  return {
    agent,
    provider,
    model,
    ...(fallback === undefined ? {} : { fallback }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(effort === undefined ? {} : { effort }),
    ...(thinking === undefined || provider !== "anthropic" ? {} : { thinking }),
  };
}
