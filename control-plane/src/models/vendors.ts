import type { Provider, Settings } from "@aicd/core";
import type { ModelChoice } from "@aicd/protocol";

/** A model vendor as the gateway reaches it. The key never leaves this process. */
export type Vendor = { baseUrl: string; apiKey: { reveal(): string } };
export type Vendors = { anthropic: Vendor | undefined; openai: Vendor | undefined };

const DEFAULT_MODEL: Readonly<Record<Provider, string>> = {
  anthropic: "claude-sonnet-5-5",
  openai: "gpt-5.5",
  "openai-compatible": "gpt-5.5",
};

type Role = "planner" | "coder" | "critic";

/** Which model plays which role: the settings' words, else the vendor we have a key for. */
export function chooseModels(settings: Settings, vendors: Vendors): Record<Role, ModelChoice> {
  const fallbackProvider: Provider =
    vendors.anthropic === undefined && vendors.openai !== undefined ? "openai" : "anthropic";
  const choose = (role: Role): ModelChoice => {
    const own = settings[role];
    const provider = own.provider ?? settings.provider ?? fallbackProvider;
    const model = own.model ?? settings.model ?? DEFAULT_MODEL[provider];
    return { provider, model, ...(own.fallback === undefined ? {} : { fallback: own.fallback }) };
  };
  return { planner: choose("planner"), coder: choose("coder"), critic: choose("critic") };
}
