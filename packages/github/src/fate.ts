import { AicdError, type ErrorKind } from "@aicd/core";
import { statusOf } from "./status.ts";

/**
 * What GitHub's answer means for the work that met it. `final`: it will say the same tomorrow, so the work ends
 * with its words. `again`: this may pass. Limits (429) are neither; they are a pause for the whole installation.
 * Source: docs.github.com, "Troubleshooting the REST API" and the status codes of each endpoint.
 */
const FATE: ReadonlyMap<number, "final" | "again"> = new Map([
  [400, "final"],
  // The token ended while it was on its way; the next one is new.
  [401, "again"],
  [403, "final"],
  [404, "final"],
  [405, "final"],
  // Somebody wrote at the same moment, or a repository is still being made.
  [409, "again"],
  [410, "final"],
  [413, "final"],
  [415, "final"],
  [422, "final"],
  // GitHub takes no part of it for reasons of law.
  [451, "final"],
]);

const KIND: ReadonlyMap<number, ErrorKind> = new Map<number, ErrorKind>([
  [403, "forbidden"],
  [404, "missing"],
  [410, "missing"],
  [413, "too_large"],
]);

/**
 * GitHub's permanent "no" as an error that is not tried again; undefined for everything that may pass.
 * The message is GitHub's own words, fit for the thread.
 */
export function refusalOf(error: unknown): AicdError | undefined {
  const status = statusOf(error);
  if (status === undefined || FATE.get(status) !== "final") return undefined;
  return new AicdError(KIND.get(status) ?? "invalid", `GitHub said: ${wordsOf(error)} (${status}).`, {
    cause: error,
    retryable: false,
  });
}

/** GitHub's message without the address of its documents, in one line. */
function wordsOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/ - https:\/\/\S+$/, "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/[.:]$/, "")
    .slice(0, 500);
}
