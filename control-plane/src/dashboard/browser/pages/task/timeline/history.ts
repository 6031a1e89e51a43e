import type { Event as Fact, Task } from "@aicd/sdk";
import { type Told, tell } from "./facts.ts";

/** Every step of an agent is a fact; a page keeps the last ones. */
const LINES = 300;
const STEPS = 200;

export type Line = { id: string; at: string; told: Told };
/** What happened in one attempt, or between two of them. Lines and steps are oldest first. */
export type Block = {
  attemptId: string | null;
  lines: Line[];
  steps: Line[];
  /** How many steps there were, by what was done; only the last ones are kept. */
  counts: Map<string, number>;
};

/** Facts in the order of a reader. It is changed in place: they come by the hundred. */
export type History = { blocks: Block[]; known: Set<string> };

export function openHistory(): History {
  return { blocks: [], known: new Set() };
}

/** Puts facts where they belong, and tells those that are new; one that is known already says nothing. */
export function record(history: History, facts: readonly Fact[]): Told[] {
  const fresh = facts.filter(({ id }) => !history.known.has(id));
  return fresh.map((fact) => {
    history.known.add(fact.id);
    const told = tell(fact);
    const block = blockFor(history, fact);
    const line = { id: fact.id, at: fact.at, told };
    if (told.minor) {
      block.counts.set(told.text, (block.counts.get(told.text) ?? 0) + 1);
      put(block.steps, line, STEPS);
    } else put(block.lines, line, LINES);
    return told;
  });
}

/** The blocks, oldest first, and with them attempts of which nothing was ever heard, each before the next one. */
export function withAll(blocks: readonly Block[], attempts: Task["attempts"]): Block[] {
  const all = [...blocks];
  const numbers = new Map(attempts.map(({ id, number }) => [id, number]));
  for (const { id, number } of attempts.toSorted((a, b) => a.number - b.number)) {
    if (blocks.some(({ attemptId }) => attemptId === id)) continue;
    const next = all.findIndex(({ attemptId }) => (numbers.get(attemptId ?? "") ?? 0) > number);
    all.splice(next === -1 ? all.length : next, 0, openBlock(id));
  }
  return all;
}

function blockFor({ blocks }: History, { body }: Fact): Block {
  const attemptId = typeof body.attemptId === "string" ? body.attemptId : null;
  const last = blocks.at(-1);
  const known =
    attemptId === null
      ? last?.attemptId === null
        ? last
        : undefined
      : blocks.find((block) => block.attemptId === attemptId);
  if (known !== undefined) return known;
  const block = openBlock(attemptId);
  blocks.push(block);
  return block;
}

function openBlock(attemptId: string | null): Block {
  return { attemptId, lines: [], steps: [], counts: new Map() };
}

/** Facts come in order but for a few that were written late. */
function put(lines: Line[], line: Line, most: number): void {
  let index = lines.length;
  while (index > 0 && (lines[index - 1]?.id ?? "") > line.id) index -= 1;
  lines.splice(index, 0, line);
  if (lines.length > most) lines.shift();
}

export function stepsOf({ counts }: Block): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
