import { setTimeout as sleep } from "node:timers/promises";
import { createChance } from "../../control-plane/src/fleet/testing/chance.ts";
import { faultsOf } from "./faults.ts";
import { breaches, quiet } from "./invariants.ts";
import { live } from "./life.ts";
import type { Run } from "./report.ts";
import { openStand, type Stand } from "./stand.ts";

/** Issues that live at the same time; each fault falls on all that do. */
const LANES = 3;
/** A silent runner is given up after a minute, and asked for; twice that and a life is more than anybody needs. */
const PATIENCE_MS = 180_000;

export type Outcome = { runs: Run[]; lost: number; doubled: number; stuck: number; sentences: string[] };

/** Plays `runs` issues on a stand of its own; each fault once when the number is not given. */
export async function play(input: {
  queue: "postgres" | "redis";
  seed: number;
  runs: number | undefined;
  onRun: (number: number, run: Run) => void;
}): Promise<Outcome> {
  const stand = await openStand(input.queue);
  try {
    // How long a life is on this machine: then a random moment of one can be chosen.
    const first = await live(stand.world, "Split the widget", PATIENCE_MS);
    if (first.endedAt === undefined || first.state !== "PR_OPEN")
      throw new Error(`without any fault a task ends in ${first.state}\n${stand.worker.tail.join("\n")}`);
    const lengthMs = first.endedAt - first.labelledAt;
    const runs = await playAll(stand, input, lengthMs);
    return await judge(stand, runs);
  } finally {
    await stand.stop();
  }
}

type Part = { fault: string; atShare: number };

/** Every fault as often as every other, in an order of the seed's. */
function partsOf(faults: string[], { seed, runs = faults.length }: { seed: number; runs?: number }): Part[] {
  const chance = createChance(seed);
  const parts: Part[] = [];
  while (parts.length < runs) {
    const drawn = faults.map((fault) => ({ fault, lot: chance.between(0, 1) }));
    for (const { fault } of drawn.toSorted((a, b) => a.lot - b.lot))
      parts.push({ fault, atShare: chance.between(0.02, 0.95) });
  }
  return parts.slice(0, runs);
}

async function playAll(
  stand: Stand,
  { queue, seed, runs, onRun }: Parameters<typeof play>[0],
  lengthMs: number,
): Promise<Run[]> {
  const faults = faultsOf(queue);
  const waiting = partsOf(Object.keys(faults), { seed, ...(runs === undefined ? {} : { runs }) });
  const done: Run[] = [];
  const lanes = Array.from({ length: LANES }, async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const { fault, atShare } = part;
      const happening = sleep(atShare * lengthMs).then(async () => {
        const from = Date.now();
        await faults[fault]?.(stand);
        return { from, until: Date.now() };
      });
      const [life, times] = await Promise.all([
        live(stand.world, `Split the widget ${done.length + waiting.length}`, PATIENCE_MS),
        happening,
      ]);
      const run = { fault, life, ...times };
      done.push(run);
      onRun(done.length, run);
    }
  });
  await Promise.all(lanes);
  return done;
}

async function judge(stand: Stand, runs: Run[]): Promise<Outcome> {
  const owed = await quiet(stand);
  const ended = runs.filter(({ life }) => life.endedAt !== undefined);
  const opened = ended.filter(({ life }) => life.state === "PR_OPEN");
  const found = await breaches(
    stand,
    opened.map(({ life }) => life.issue),
  );
  const hanging = runs.filter((run) => !ended.includes(run));
  const taskless = hanging.filter(({ life }) => life.state === undefined);
  const stuck = hanging.filter((run) => !taskless.includes(run));
  const crashes = [...stand.web.crashes, ...stand.worker.crashes];
  const odd = stand.world.github.unexpected.map((one) => `GitHub did not expect: ${JSON.stringify(one)}`);
  const sentences = [
    ...taskless.map(({ life, fault }) => `#${life.issue} (${fault}) never got a task`),
    ...stuck.map(({ life, fault }) => `#${life.issue} (${fault}) stays in ${life.state}`),
    ...found.lost,
    ...found.doubled,
    ...owed,
    ...odd,
    ...crashes.map((crash) => `a process ended by itself: ${crash}`),
  ];
  return {
    runs,
    lost: taskless.length + found.lost.length,
    doubled: found.doubled.length,
    stuck: stuck.length + owed.length,
    sentences,
  };
}
