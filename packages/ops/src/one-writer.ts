import { format } from "node:util";
import type { Logger } from "./logger.ts";

const LEVELS = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;

/**
 * Makes the logger the only one that writes: what libraries say to the console, and Node's own warnings, become
 * lines of it, redacted and bounded like all others. For a server's first lines of code.
 */
export function becomeOneWriter(logger: Logger, target: Pick<Console, keyof typeof LEVELS> = console): void {
  for (const [name, level] of Object.entries(LEVELS) as [keyof typeof LEVELS, "info"][]) {
    // Objects a library prints may hold anything; its words are enough.
    target[name] = (...words: unknown[]) =>
      logger[level]({ words: format(...words.map(wordOf)).slice(0, 1_000) }, "a library has a word");
  }
  process.removeAllListeners("warning");
  process.on("warning", (warning) => logger.warn({ err: warning }, "Node has a warning"));
}

function wordOf(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === "object" && value !== null ? "[object]" : value;
}
