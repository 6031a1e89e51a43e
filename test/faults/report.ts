import type { Life } from "./life.ts";

/** One fault and the life of an issue that it fell into. */
export type Run = {
  fault: string;
  life: Life;
  /** When the fault came, and when what had failed was there again, in ms since 1970. */
  from: number;
  until: number;
};

/** What `--json` prints. Times in ms. */
export type Figures = {
  seed: number;
  runs: number;
  faults: number;
  recovered: number;
  /** From the fault to the next move of the task it fell on; 0 where the task had its answer already. */
  p99RecoveryMs: number;
  lost: number;
  doubled: number;
  stuck: number;
};

/** Undefined: it never went on. */
export function recoveryOf({ life, from }: Run): number | undefined {
  if (life.endedAt !== undefined && life.endedAt < from) return 0;
  const next = life.moves.find((at) => at >= from) ?? life.endedAt;
  return next === undefined ? undefined : Math.max(0, next - from);
}

export function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0);
}

/** A line for a person who watches. */
export function lineOf(number: number, run: Run): string {
  const { life, fault, from } = run;
  const recovery = recoveryOf(run);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return [
    String(number).padStart(4),
    fault.padEnd(34),
    `at ${seconds(from - life.labelledAt)}`.padStart(10),
    (life.state ?? "no task").padEnd(10),
    recovery === undefined ? "did not go on" : `went on after ${seconds(recovery)}`,
  ].join("  ");
}
