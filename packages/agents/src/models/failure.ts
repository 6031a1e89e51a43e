import type { ModelFailure } from "./model.ts";
import { EndlessAnswer } from "./watch.ts";

const TOO_LONG =
  /prompt is too long|context[_ ]?(length|window|limit|size)|maximum context|too many (input )?tokens|string too long|max_(completion_|output_)?tokens\b.*(\d+ > \d+|too large|at most|less than or equal)|reduce the length|keep the first \d+ tokens|request too large/is;
/** Not all servers know that it is the request that is at fault. */
const TOO_LONG_STATUS: ReadonlySet<number> = new Set([400, 422, 500]);
const OUT_OF_MONEY = /insufficient_quota|credit balance|billing|spend(ing)? limit|budget/i;

/** What both vendors' SDK errors look like to us; read structurally, so no SDK is loaded for it. */
type ApiError = { status?: unknown; headers?: unknown; message?: unknown; name?: unknown; error?: unknown };

/** Sorts whatever an SDK or fetch threw into the families the loop knows. */
export function toFailure(thrown: unknown, signal: AbortSignal): ModelFailure {
  const error: ApiError =
    typeof thrown === "object" && thrown !== null ? thrown : { message: String(thrown) };
  const message = bounded(typeof error.message === "string" ? error.message : "unknown error");
  if (signal.aborted) return { kind: "aborted", message: "The work was stopped." };
  if (thrown instanceof EndlessAnswer) return { kind: "endless", message };
  const name = thrown instanceof Error ? thrown.constructor.name : "";
  if (name.includes("Timeout") || name === "AbortError") return { kind: "timeout", message };
  if (typeof error.status === "number") {
    return ofStatus(error.status, message, readHeader(error.headers, "retry-after"));
  }
  // An error event inside the stream has no status, only the vendor's own type.
  if (/overloaded/i.test(message)) return { kind: "overloaded", message };
  if (/rate_limit/i.test(message)) return { kind: "limited", message };
  if (TOO_LONG.test(message)) return { kind: "context", message };
  if (/terminated|premature|socket hang up/i.test(message)) return { kind: "cut", message };
  if (name.includes("Connection") || name === "TypeError") return { kind: "unavailable", message };
  return { kind: "cut", message };
}

function ofStatus(status: number, message: string, retryAfter: string | undefined): ModelFailure {
  const retryAfterMs = parseRetryAfter(retryAfter);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 402) return { kind: "exhausted", message };
  if (status === 429) {
    return OUT_OF_MONEY.test(message)
      ? { kind: "exhausted", message }
      : { kind: "limited", message, ...wait };
  }
  if (status === 529 || status === 503) return { kind: "overloaded", message, ...wait };
  if (status === 408) return { kind: "timeout", message };
  if (status === 413 || (TOO_LONG_STATUS.has(status) && TOO_LONG.test(message))) {
    return { kind: "context", message };
  }
  if (status >= 500 || status === 409) return { kind: "unavailable", message, ...wait };
  return { kind: "rejected", message };
}

/** Seconds or an HTTP date, as milliseconds from now; undefined when absent or unreadable. */
function parseRetryAfter(value: string | undefined, now: () => number = Date.now): number | undefined {
  if (value === undefined || value === "") return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now());
}

function readHeader(headers: unknown, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  return undefined;
}

function bounded(message: string): string {
  return message.length > 500 ? `${message.slice(0, 500)}…` : message;
}
