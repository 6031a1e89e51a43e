import type { Method } from "./method.ts";

/** A planted failure. Without `cut`, `status` answers instead of doing the work. */
export interface Fault {
  method: Uppercase<Method> | "*";
  /** A path template as GitHub documents it, `/graphql`, or an expression over the path. */
  route: string | RegExp;
  /** Only requests whose raw body matches: picks one GraphQL mutation out of `/graphql`. */
  body?: RegExp;
  status?: number;
  answer?: unknown;
  headers?: Record<string, string>;
  latencyMs?: number;
  /** The work is done at once, and its answer is this late. */
  answerAfterMs?: number;
  /** `before` drops the connection unheard; `after` does the work, then drops it or answers `status`. */
  cut?: "before" | "after";
  /** How many matching requests fail; all of them when absent. */
  times?: number;
}

/** Takes the first fault that matches and counts it down; a fault used up leaves the list. */
export function takeFault(
  faults: Fault[],
  request: { method: string; template: string; path: string; body: string },
): Fault | undefined {
  const index = faults.findIndex((fault) => matches(fault, request));
  const fault = faults[index];
  if (!fault) return undefined;
  if (fault.times !== undefined) {
    fault.times -= 1;
    if (fault.times <= 0) faults.splice(index, 1);
  }
  return fault;
}

function matches(
  fault: Fault,
  request: { method: string; template: string; path: string; body: string },
): boolean {
  if (fault.method !== "*" && fault.method !== request.method) return false;
  if (fault.body && !fault.body.test(request.body)) return false;
  if (typeof fault.route === "string") return fault.route === request.template;
  return fault.route.test(request.path);
}
