import type { Logger, Metrics, Redactor, Shutdown } from "@aicd/ops";

/** What a process has before anything else: where it writes, counts and registers its end. */
export type Tools = { log: Logger; metrics: Metrics; redactor: Redactor; shutdown: Shutdown };
