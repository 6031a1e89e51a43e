import { sweep } from "../../sweep/sweep.ts";
import { createPeopleOf, pick, type Said } from "./history-people.ts";
import { createRunnersOf } from "./history-runners.ts";
import type { HistoryWorld, OwedRow, Told } from "./history-world.ts";

/** One step: who acts, what they do, and a number for whatever is left to chance. */
type Step = { who: number; which: number; chance: number };

/** `start`: 0 at the label, 1 when the plan waits, 2 when the pull request is open. */
export type Life = { start: number; steps: readonly Step[] };

type Refusal = Parameters<HistoryWorld["home"]["github"]["faults"]["set"]>[0];

const ROUNDS = 60;
/** Writes whose answer gets lost on its way. */
const LOSSES = [/comments/, /git\/refs/, /pulls/, /graphql/, /dispatches/, /reactions/];

/** Writes that GitHub does not make, for now or for good. */
const REFUSALS: readonly Refusal[] = [
  { method: "*", route: /./, status: 502, answer: { message: "Server Error" } },
  {
    method: "POST",
    route: /comments|reactions|pulls|git\/refs/,
    status: 403,
    headers: { "retry-after": "1" },
    answer: { message: "You have exceeded a secondary rate limit." },
  },
  {
    method: "POST",
    route: /git\/refs$/,
    status: 422,
    answer: { message: "Repository rule violations found" },
  },
  {
    method: "POST",
    route: /pulls$/,
    status: 422,
    answer: { message: "Draft pull requests are not supported in this repository." },
  },
  {
    method: "POST",
    route: /dispatches$/,
    status: 422,
    answer: { message: "Cannot trigger a 'workflow_dispatch' on a disabled workflow" },
  },
];

export type Ending = { issue: number; said: Said; rounds: number; dead: string[] };

/** Plays one life of an issue, then lets everything that was lost or left come to its end. */
export async function playHistory(world: HistoryWorld, { start, steps }: Life): Promise<Ending> {
  const { home } = world;
  const issue = await home.issue();
  const said: Said = { words: [], threads: [] };
  const people = createPeopleOf(world, issue, said);
  const runners = createRunnersOf(world, issue);
  const waiting: Told[] = [];
  const lost: Told[] = [];
  const heard: Told[] = [];
  const hear = async () => void waiting.push(...(await world.news()));

  async function receive(one: Told): Promise<void> {
    heard.push(one);
    await world.receive(one).catch(() => void lost.push(one));
  }

  /** News come late, in any order, twice, or not until GitHub is asked for them. */
  async function mail(which: number, chance: number): Promise<void> {
    await hear();
    if (which % 5 === 0 && heard.length > 0) return receive(pick(heard, chance));
    const [one] = waiting.length === 0 ? [] : waiting.splice(chance % waiting.length, 1);
    if (one === undefined) return;
    if (which % 5 === 1) lost.push(one);
    else await receive(one);
  }

  async function work(which: number, chance: number): Promise<void> {
    const rows = await world.owedRows();
    if (rows.length === 0) return;
    const row: OwedRow = pick(rows, chance);
    if (which % 7 === 0) await world.run(row, { crash: true });
    if (which % 7 === 1) {
      const methods = ["POST", "PATCH"] as const;
      home.github.faults.set({
        method: pick(methods, chance),
        route: pick(LOSSES, chance),
        cut: "after",
        times: 1,
        status: 500,
      });
    }
    if (which % 7 === 3) home.github.faults.set({ ...pick(REFUSALS, chance), times: 1 });
    if (which % 7 === 2) {
      // Two workers, two rows: one row is never two workers'.
      const other = pick(rows, chance + 1);
      return void (await Promise.all([row, ...(other === row ? [] : [other])].map((one) => world.run(one))));
    }
    await world.run(row).finally(() => home.github.faults.clear());
  }

  /** Until nobody waits for anything but for a person. */
  async function rest(): Promise<number> {
    for (let rounds = 0; rounds < ROUNDS; rounds++) {
      await hear();
      const news = [...lost.splice(0), ...waiting.splice(0)];
      for (const one of news) await receive(one);
      const rows = await world.owedRows();
      for (const row of rows) await world.run(row);
      const live = await runners.attempts(["pending", "dispatched", "leased"]);
      if (news.length + rows.length + live.length === 0) return rounds;
      await runners.finishAll();
      if (rounds > 5) await runners.silence();
      await sweep(world.deps);
    }
    return ROUNDS;
  }

  const ACTORS = [
    people.move,
    people.move,
    runners.move,
    mail,
    mail,
    mail,
    work,
    work,
    work,
    () => sweep(world.deps),
  ];
  await people.move(0, 0);
  if (start >= 1) await rest();
  if (start >= 2) {
    await people.approve();
    await rest();
  }
  for (const { who, which, chance } of steps) await pick(ACTORS, who)(which, chance);

  const rounds = await rest();
  const { rows } = await world.pool.query<{ job: string; error: string }>(
    "DELETE FROM outbox WHERE dead_at IS NOT NULL RETURNING job, error",
  );
  return { issue, said, rounds, dead: rows.map(({ job, error }) => `${job}: ${error}`) };
}
