import {
  type AgentRole,
  chooseRole,
  DEFAULT_MODELS,
  type ModelChoice,
  type Provider,
  type Settings,
} from "@aicd/core";
import type { TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";

/** A model vendor as the gateway reaches it. The key never leaves this process. */
export type Vendor = { baseUrl: string; apiKey: { reveal(): string }; own?: true };
export type VendorName = "anthropic" | "openai";
export type Vendors = Record<VendorName, Vendor | undefined>;

/** The vendors of a tenant: with its own keys where it has set some, else with the operator's. */
export async function vendorsOf(
  deps: Pick<Deps, "vendors" | "vendorUrls" | "secrets">,
  tx: TenantTx,
): Promise<Vendors> {
  const set = await deps.secrets.openAll(tx);
  const own = (name: VendorName, secret: "ANTHROPIC_API_KEY" | "OPENAI_API_KEY") => {
    const apiKey = set.get(secret);
    return apiKey === undefined
      ? deps.vendors[name]
      : { baseUrl: deps.vendorUrls[name], apiKey, own: true as const };
  };
  return { anthropic: own("anthropic", "ANTHROPIC_API_KEY"), openai: own("openai", "OPENAI_API_KEY") };
}

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

/** The models a task may ask of one vendor: its roles', with their fallbacks. */
export function agreedModels(settings: Settings, vendors: Vendors, name: VendorName): string[] {
  const choices = Object.values(chooseModels(settings, vendors));
  return choices
    .filter(({ provider }) => (provider === "anthropic" ? "anthropic" : "openai") === name)
    .flatMap(({ model, fallback }) => (fallback === undefined ? [model] : [model, fallback]));
}

/** Of the models a task may ask, those whose price neither the list nor the operator knows. */
export async function unpricedModels(
  deps: Pick<Deps, "vendors" | "vendorUrls" | "secrets" | "prices">,
  tx: TenantTx,
  settings: Settings,
): Promise<string[]> {
  const vendors = await vendorsOf(deps, tx);
  const asked = (["anthropic", "openai"] as const).flatMap((name) => agreedModels(settings, vendors, name));
  return [...new Set(asked)].filter((model) => !deps.prices.isPriced(model));
}
