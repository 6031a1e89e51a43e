import { type Row, sum } from "./row.ts";

/** One agent's figures over another's, on the tasks both worked to their end on. Above 1 is dearer. */
export type Comparison = {
  tasks: number;
  solved: number;
  solvedAgainst: number;
  /** Billed cost, cache prices included. */
  cost: number;
  /** All input, the cached part included. */
  tokensIn: number;
  tokensOut: number;
  /** Model calls more a task, on average. */
  moreSteps: number;
};

export function compareRows(rows: readonly Row[], against: readonly Row[]): Comparison {
  const tried = (list: readonly Row[]) => new Set(list.filter(isWhole).map(({ name }) => name));
  const both = tried(rows).intersection(tried(against));
  const ours = sum(rows.filter(({ name }) => both.has(name)));
  const theirs = sum(against.filter(({ name }) => both.has(name)));
  return {
    tasks: both.size,
    solved: ours.solved,
    solvedAgainst: theirs.solved,
    cost: ratio(ours.costUsd, theirs.costUsd),
    tokensIn: ratio(ours.tokensIn, theirs.tokensIn),
    tokensOut: ratio(ours.tokensOut, theirs.tokensOut),
    moreSteps: both.size === 0 ? 0 : round((ours.steps - theirs.steps) / both.size),
  };
}

export function showComparison(names: readonly [string, string], found: Comparison): string {
  const [ours, theirs] = names;
  return [
    "",
    `${ours} against ${theirs}, ${found.tasks} tasks both worked to their end on:`,
    `  solved       ${found.solved} against ${found.solvedAgainst}`,
    `  billed cost  ${found.cost.toFixed(2)} ×`,
    `  tokens read  ${found.tokensIn.toFixed(2)} ×`,
    `  tokens out   ${found.tokensOut.toFixed(2)} ×`,
    `  model calls  ${found.moreSteps >= 0 ? "+" : ""}${found.moreSteps} a task`,
    "",
  ].join("\n");
}

/** What somebody stopped, or what strayed from its recording, says nothing of what the work costs. */
function isWhole({ mode, outcome, reason }: Row): boolean {
  return mode !== null && !CUT.has(outcome) && reason !== "replay_diverged";
}

const CUT = new Set(["interrupted", "cancelled", "fenced"]);

function ratio(one: number, other: number): number {
  return other === 0 ? 0 : round(one / other);
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
