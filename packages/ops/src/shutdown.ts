import type { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "./logger.ts";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

export interface Shutdown {
  /** Registers what must be closed; the last one added is closed first. */
  add(name: string, close: () => Promise<void> | void): void;
  /** Closes everything and ends the process, as a signal would. */
  begin(reason: string, code?: number): Promise<void>;
}

/**
 * Ends the process in good order: on SIGTERM or SIGINT within `withinMs`, a second signal at once, and
 * after a broken promise nobody caught with code 1 (what we hold in memory can no longer be trusted).
 */
export function createShutdown(options: {
  logger: Logger;
  /** Default 25 s: orchestrators kill after 30. */
  withinMs?: number;
  /** Stand-in for the process in tests. */
  host?: EventEmitter & { exit(code: number): void };
}): Shutdown {
  const { logger, withinMs = 25_000, host = process } = options;
  const closers: { name: string; close: () => Promise<void> | void }[] = [];
  let begun: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    for (const { name, close } of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        // One that cannot close must not keep the others open.
        logger.error({ err: error, closer: name }, "closing failed");
      }
    }
  }

  async function end(reason: string, code: number): Promise<void> {
    logger.info({ reason }, "shutting down");
    const giveUp = new AbortController();
    const done = await Promise.race([
      closeAll().then(() => true),
      sleep(withinMs, false, { signal: giveUp.signal }).catch(() => false),
    ]);
    giveUp.abort();
    if (!done) logger.error({ withinMs }, "shutdown took too long");
    host.exit(done ? code : 1);
  }

  function begin(reason: string, code = 0): Promise<void> {
    begun ??= end(reason, code);
    return begun;
  }

  for (const signal of SIGNALS) {
    host.on(signal, () => {
      if (begun) host.exit(1);
      else void begin(signal);
    });
  }
  for (const failure of ["unhandledRejection", "uncaughtException"] as const) {
    host.on(failure, (error: unknown) => {
      logger.fatal({ err: error, failure }, "nobody caught this");
      host.exit(1);
    });
  }
  return {
    add(name, close) {
      closers.push({ name, close });
    },
    begin,
  };
}
