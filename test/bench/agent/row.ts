import type { Tokens } from "../../../packages/core/src/index.ts";
import type { Mode } from "./connect.ts";

/** Figures of one task and, added up, of all. `tokensIn` is all input, the cached part included. */
export type Figures = {
  steps: number;
  tokensIn: number;
  tokensOut: number;
  tokensCached: number;
  /** Cached part of the input, 0 to 1. */
  cacheHitShare: number;
  costUsd: number;
  wallMs: number;
};

export type Row = Figures & {
  name: string;
  solved: boolean;
  /** `live`, `replayed` or `mock`; null when the task could not be tried. */
  mode: Mode | null;
  model: string | null;
  /** How the attempt ended: `approved`, `failed`, `question`, `cancelled`…; `error` when there was none. */
  outcome: string;
  /** Why it is not solved, as one name; null when it is. */
  reason: string | null;
  /** The same for a person. */
  detail: string;
  /** What check.sh said of the change, whatever became of the attempt; null when there was none to judge. */
  checkPassed: boolean | null;
  changedFiles: string[];
  sandbox: string | null;
};

export function figures(used: { steps: number; tokens: Tokens; microUsd: number; wallMs: number }): Figures {
  const { input, output, cacheRead, cacheWrite } = used.tokens;
  const tokensIn = input + cacheRead + cacheWrite;
  return {
    steps: used.steps,
    tokensIn,
    tokensOut: output,
    tokensCached: cacheRead,
    cacheHitShare: share(cacheRead, tokensIn),
    costUsd: used.microUsd / 1e6,
    wallMs: Math.round(used.wallMs),
  };
}

export function sum(rows: readonly Row[]): Figures & { tasks: number; solved: number } {
  const add = (key: keyof Figures) => rows.reduce((total, row) => total + row[key], 0);
  const tokensIn = add("tokensIn");
  const tokensCached = add("tokensCached");
  return {
    tasks: rows.length,
    solved: rows.filter(({ solved }) => solved).length,
    steps: add("steps"),
    tokensIn,
    tokensOut: add("tokensOut"),
    tokensCached,
    cacheHitShare: share(tokensCached, tokensIn),
    costUsd: Math.round(add("costUsd") * 1e6) / 1e6,
    wallMs: add("wallMs"),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1_000) / 1_000;
}
