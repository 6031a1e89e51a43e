import type { AgentKind, Effort, Provider, Thinking } from "@aicd/core";
import { anthropic } from "./anthropic.ts";
import type { Model } from "./model.ts";
import { openaiCompatible } from "./openai-compatible.ts";
import { openaiEither } from "./openai-either.ts";
import { resilient } from "./resilient.ts";

export type ModelChoice = {
  /** Our own loop when left out. */
  agent?: AgentKind | undefined;
  provider: Provider;
  model: string;
  fallback?: string | undefined;
  /** What the server takes; the vendor's usual when left out. */
  contextTokens?: number | undefined;
  effort?: Effort | undefined;
  thinking?: Thinking | undefined;
};
/** Where each vendor's wire format is spoken, and with which key. */
export type Endpoints = { anthropic: Endpoint; openai: Endpoint };
export type Endpoint = { baseURL: string; apiKey: string; fetch?: typeof fetch };

const ADAPTERS = { anthropic, openai: openaiEither, "openai-compatible": openaiCompatible } as const;

/** The chosen model with our reactions to failure around it; the fallback is another model of the same vendor. */
export function connectModel(choice: ModelChoice, endpoints: Endpoints): Model {
  const endpoint = choice.provider === "anthropic" ? endpoints.anthropic : endpoints.openai;
  const adapter = ADAPTERS[choice.provider];
  const { contextTokens, effort, thinking } = choice;
  const own = { ...endpoint, effort, thinking };
  const connection = contextTokens === undefined ? own : { ...own, contextTokens };
  const model = adapter({ ...connection, model: choice.model });
  const fallback =
    choice.fallback === undefined ? undefined : adapter({ ...connection, model: choice.fallback });
  return resilient({ model, fallback });
}
