import { AicdError } from "@aicd/core";
import type { Logger } from "@aicd/ops";

/** What a start depends on, and whom to tell when it is not there. */
type Part = {
  /** With the address where it should be, without a password. */
  name: string;
  variable: string;
  /** Where the host has one of its own. */
  hostVariable?: string;
};

/**
 * What Postgres, the network and the system say when something of the configuration is wrong, by their
 * code: a half sentence, and what to do.
 */
const TROUBLES: Record<string, (part: Part) => [why: string, fix: string]> = {
  ECONNREFUSED: ({ variable }) => ["nothing answers there", `Start it, or set ${variable} to where it runs`],
  ENOTFOUND: ({ variable, hostVariable = variable }) => [
    "there is no host of that name",
    `Check the host in ${hostVariable}`,
  ],
  EAI_AGAIN: ({ variable, hostVariable = variable }) => [
    "its host's name could not be looked up",
    `Check the host in ${hostVariable}`,
  ],
  ETIMEDOUT: ({ variable }) => ["it does not answer", `Check the host in ${variable}, and firewalls`],
  EHOSTUNREACH: ({ variable }) => ["there is no way to its host", `Check the host in ${variable}`],
  ECONNRESET: ({ variable }) => ["it closed the connection", `Check that ${variable} names the right port`],
  "28P01": ({ variable }) => ["it refuses the password", `Check user and password in ${variable}`],
  "28000": ({ variable }) => ["it refuses the user", `Check the user in ${variable}`],
  "3D000": ({ variable }) => ["it has no database of that name", `Make it, or name another in ${variable}`],
  "42501": () => ["its user may not do what is needed", "Let the login of DATABASE_URL own the database"],
  "53300": () => ["it takes no more connections", "Raise max_connections, or start fewer servers"],
  EADDRINUSE: ({ variable }) => ["another program has it", `Stop that one, or set ${variable} to another`],
  EACCES: () => ["this user may not have it", "Ports below 1024 are for root: set PORT to a higher one"],
  EADDRNOTAVAIL: () => ["this machine has no such address", "Set HOST to 127.0.0.1 or 0.0.0.0"],
};

/** Runs a step of the start; trouble a person can mend becomes one sentence, all else stays what it is. */
export async function whileStarting<T>(part: Part, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw sentenceOf(part, cause) ?? cause;
  }
}

/** A connection that heals itself is told of once a minute, in one line, however often it is tried. */
export function tellOnceAMinute(part: Part, log: Logger, now: () => number = Date.now) {
  let told = Number.NEGATIVE_INFINITY;
  return (error: Error): void => {
    if (now() - told < 60_000) return;
    told = now();
    const sentence = sentenceOf(part, error)?.message;
    log.warn(
      { reason: sentence ?? error.message },
      `${part.variable.split("_")[0]} is away; it is tried again`,
    );
  };
}

function sentenceOf(part: Part, cause: unknown): AicdError | undefined {
  const code = codeOf(cause);
  const trouble = code === undefined ? undefined : TROUBLES[code];
  if (trouble === undefined) return undefined;
  const [why, fix] = trouble(part);
  return new AicdError("unavailable", `${part.name} cannot be had: ${why} (${code}). ${fix}.`, { cause });
}

/** A name with several addresses fails with one error for each of them. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && code in TROUBLES) return code;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? undefined : codeOf(inner);
}

/** `name` at host and port of a URL; nothing else of it is for a log. */
export function partOf(name: string, variable: string, url: string): Part {
  const { host = "" } = URL.parse(url) ?? {};
  return { name: host === "" ? name : `${name} at ${host}`, variable };
}

export function databaseOf(url: string): Part {
  return partOf("The database", "DATABASE_URL", url);
}

export function redisOf(url: string): Part {
  return partOf("The queue's Redis", "REDIS_URL", url);
}

export function portOf({ HOST, PORT }: { HOST: string; PORT: number }): Part {
  return { name: `Port ${PORT} on ${HOST}`, variable: "PORT", hostVariable: "HOST" };
}
