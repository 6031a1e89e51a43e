import { z } from "zod";

const SHARE = 5;
/** A life takes three seconds on two busy processors; what was asked for takes as long as it takes. */
const HISTORY_MS = 20_000;

/** How many lives are tried: few in every run, `AICD_HISTORIES` of them by `npm run test:histories`. */
export function historyEnv(): { runs: number; timeoutMs: number } {
  const { AICD_HISTORIES: runs } = z
    .object({ AICD_HISTORIES: z.coerce.number().int().positive().default(SHARE) })
    .parse(process.env);
  return { runs, timeoutMs: Math.max(120_000, runs * HISTORY_MS) };
}
