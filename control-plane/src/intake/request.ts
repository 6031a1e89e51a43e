import type { IncomingMessage } from "node:http";
import { LIMITS } from "@aicd/core";

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EVENT = /^[a-z][a-z0-9_]{0,63}$/;

export interface Refusal {
  readonly status: 400 | 401 | 405 | 413 | 415 | 503;
  readonly reason: string;
}

export interface Announced {
  readonly id: string;
  readonly event: string;
}

export const TOO_LARGE: Refusal = { status: 413, reason: "The body is larger than 25 MB." };
export const BAD_SIGNATURE: Refusal = { status: 401, reason: "X-Hub-Signature-256 does not fit the body." };
export const NOT_JSON: Refusal = { status: 400, reason: "The body is not JSON, or nested too deep." };

/** What the head of a request says, before a byte of its body is read. */
export function readHead(request: IncomingMessage): Announced | Refusal {
  const { headers } = request;
  if (request.method !== "POST") return { status: 405, reason: "Webhooks are sent by POST." };
  if (!JSON_TYPE.test(headers["content-type"] ?? "")) {
    return { status: 415, reason: "Set the webhook's content type to application/json." };
  }
  if (Number(headers["content-length"] ?? 0) > LIMITS.webhookBodyBytes) return TOO_LARGE;
  const id = headers["x-github-delivery"];
  if (typeof id !== "string" || !GUID.test(id))
    return { status: 400, reason: "X-GitHub-Delivery is not a GUID." };
  const event = headers["x-github-event"];
  if (typeof event !== "string" || !EVENT.test(event)) {
    return { status: 400, reason: "X-GitHub-Event is not an event's name." };
  }
  return { id: id.toLowerCase(), event };
}
