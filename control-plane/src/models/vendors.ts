import {
  type AgentRole,
  chooseRole,
  DEFAULT_MODELS,
  type ModelChoice,
  type Provider,
  type Settings,
} from "@aicd/core";

/** A model vendor as the gateway reaches it. The key never leaves this process. */
export type Vendor = { baseUrl: string; apiKey: { reveal(): string } };
export type Vendors = { anthropic: Vendor | undefined; openai: Vendor | undefined };

/** Which model plays which role: the settings' words, else the vendor we have a key for. */
export function chooseModels(settings: Settings, vendors: Vendors): Record<AgentRole, ModelChoice> {
  const preferred: Provider =
    vendors.anthropic === undefined && vendors.openai !== undefined ? "openai" : "anthropic";
  const choose = (role: AgentRole): ModelChoice => {
    const { model = DEFAULT_MODELS.openai ?? "", ...choice } = chooseRole(settings, role, preferred);
    return { ...choice, model };
  };
  return { planner: choose("planner"), coder: choose("coder"), critic: choose("critic") };
}
