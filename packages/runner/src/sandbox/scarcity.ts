import { setTimeout as pause } from "node:timers/promises";
import { AicdError } from "@aicd/core";

/** What a system says that has no process, memory or file handle left at this moment. */
const SCARCE = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]);
/** Others' commands end meanwhile, and what we killed is gone. */
const DELAYS_MS = [100, 400, 1_600] as const;

/** Starts something, again after moments when the machine is short; then AicdError `broken` says so. */
export async function whileScarce<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined || !SCARCE.has(code)) throw error;
      const delayMs = DELAYS_MS[attempt];
      if (delayMs === undefined) {
        throw new AicdError(
          "broken",
          `The runner has no room to start another process (${code}), also after waiting. Give it more processes, memory or open files, then try again.`,
          { cause: error },
        );
      }
      await pause(delayMs);
    }
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}
