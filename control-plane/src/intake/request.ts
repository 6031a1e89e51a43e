import type { IncomingMessage } from "node:http";
import { LIMITS } from "@aicd/core";

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EVENT = /^[a-z][a-z0-9_]{0,63}$/;

/** Why a delivery is not taken. GitHub shows the reason to the App's owner. Never 429: GitHub would give up. */
export interface Refusal {
  readonly status: 400 | 401 | 405 | 413 | 415 | 503;
  readonly reason: string;
}

export const REFUSALS = {
  method: { status: 405, reason: "Webhooks are sent by POST." },
  type: { status: 415, reason: "Set the webhook's content type to application/json." },
  tooLarge: { status: 413, reason: "The body is larger than 25 MB." },
  noGuid: { status: 400, reason: "X-GitHub-Delivery is not a GUID." },
  noEvent: { status: 400, reason: "X-GitHub-Event is not the name of an event." },
  noSignature: { status: 401, reason: "X-Hub-Signature-256 is missing or malformed." },
  badSignature: { status: 401, reason: "X-Hub-Signature-256 does not fit the body." },
  busy: { status: 503, reason: "Too many large bodies at once. Send it again." },
  away: { status: 503, reason: "The delivery could not be stored. Send it again." },
} as const satisfies Record<string, Refusal>;

/** What the head of a request says, before a byte of its body is read. */
export interface Head {
  /** GitHub's GUID in lower case. */
  readonly id: string;
  readonly event: string;
}

export function readHead(request: IncomingMessage): Head | Refusal {
  const { headers, method } = request;
  if (method !== "POST") return REFUSALS.method;
  if (!JSON_TYPE.test(headers["content-type"] ?? "")) return REFUSALS.type;
  if (Number(headers["content-length"] ?? 0) > LIMITS.webhookBodyBytes) return REFUSALS.tooLarge;
  const id = headers["x-github-delivery"];
  if (typeof id !== "string" || !GUID.test(id)) return REFUSALS.noGuid;
  const event = headers["x-github-event"];
  if (typeof event !== "string" || !EVENT.test(event)) return REFUSALS.noEvent;
  return { id: id.toLowerCase(), event };
}
