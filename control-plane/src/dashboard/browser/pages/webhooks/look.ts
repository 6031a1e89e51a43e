import type { WebhookEndpoint } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { Chip } from "../../parts.ts";

export const SECRET_NOTE =
  "Receivers check by it that an event is ours (Standard Webhooks). It is not shown again.";

export function EndpointState({ endpoint }: { endpoint: WebhookEndpoint }): ComponentChild {
  if (endpoint.enabled) return h(Chip, { tone: "good" }, "On");
  return h(Chip, { tone: endpoint.disabledReason === null ? "idle" : "bad" }, "Off");
}

/** An address may have a secret of the receiver's in its path; a list shows where it is. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
