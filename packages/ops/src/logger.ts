import { type DestinationStream, destination, type Logger, pino } from "pino";
import { describeError } from "./describe-error.ts";
import { fitLine } from "./fit-line.ts";
import { readableLine } from "./readable.ts";
import type { Redactor } from "./redactor.ts";
import { Secret } from "./secret.ts";

export type { Logger } from "pino";

const MASK = "[redacted]";
const DEPTH = 6;
const STRING_CHARACTERS = 4_000;
const ENTRIES = 100;

/** Fields never written, whatever object they hide in. Compared in lower case. */
const HIDDEN = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "x-hub-signature",
  "x-hub-signature-256",
  "stripe-signature",
  "password",
  "secret",
  "token",
  "privatekey",
  "private_key",
  "connectionstring",
]);

/** What others wrote, as it comes from them: never printed, whoever logs it. A name of an event is no payload. */
const PAYLOADS = new Set(["payload", "body", "event", "params", "parameters", "values", "raw", "rawbody"]);

export interface LoggerOptions {
  readonly level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /** Every finished line passes it. */
  readonly redactor: Redactor;
  /** Where lines go, default standard output. */
  readonly sink?: { write(line: string): void };
  /** `readable` for a person at a terminal; JSON for all who parse, which is the default. */
  readonly lines?: "json" | "readable";
}

/**
 * JSON lines: a static message, data in fields, an error under `err`.
 * `logger.flush()` waits for nothing; lines are written as they come.
 */
export function createLogger(options: LoggerOptions): Logger {
  // Synchronous: the last line before a crash is the one that matters.
  const sink = options.sink ?? destination({ dest: 1, sync: true });
  const shape = options.lines === "readable" ? readableLine : (line: string) => line;
  const stream: DestinationStream = {
    write: (line) => void sink.write(shape(fitLine(options.redactor.redact(line)))),
  };
  return pino(
    {
      level: options.level ?? "info",
      base: null,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => scrubFields(fields, DEPTH),
      },
      serializers: { err: describeError },
    },
    stream,
  );
}

function scrubFields(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields).slice(0, ENTRIES)) {
    const known = name.toLowerCase();
    if (HIDDEN.has(known)) clean[name] = MASK;
    else if (PAYLOADS.has(known) && isData(value)) clean[name] = "[not logged]";
    else clean[name] = scrub(value, depth);
  }
  return clean;
}

function isData(value: unknown): boolean {
  return typeof value === "object" ? value !== null : typeof value === "string" && value.length > 100;
}

function scrub(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.slice(0, STRING_CHARACTERS);
  if (typeof value !== "object" || value === null || value instanceof Secret) return value;
  if (value instanceof Error) return describeError(value);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth === 0) return "[deep]";
  if (Array.isArray(value)) return value.slice(0, ENTRIES).map((item) => scrub(item, depth - 1));
  return scrubFields(value as Record<string, unknown>, depth - 1);
}
