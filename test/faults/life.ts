import { setTimeout as sleep } from "node:timers/promises";
import { REPO, type World } from "../world/world.ts";

/** States in which a task has had its answer; the rest are on the way to one. */
const ENDS = new Set(["PR_OPEN", "FAILED", "BLOCKED", "NEEDS_INPUT", "CANCELLED", "MERGED", "CLOSED"]);
const LOOK_MS = 250;

/** One issue, from its label to its task's answer. Times are of this process' clock, in ms since 1970. */
export type Life = {
  issue: number;
  labelledAt: number;
  /** Undefined: it was not there in time. */
  endedAt: number | undefined;
  /** The task's state when we stopped looking; undefined: there never was a task. */
  state: string | undefined;
  /** When it moved, by the database's clock, which is this machine's. */
  moves: number[];
};

type Seen = { state: string | undefined; moves: number[] };

/** Postgres may be what is away; then there is nothing to see. */
async function look({ database }: World, issue: number): Promise<Seen> {
  const { rows } = await database.pool.query<{ state: string; moves: Date[] }>(
    `SELECT t.state, array(SELECT e.at FROM events e WHERE (e.tenant_id, e.task_id) = (t.tenant_id, t.id)
       ORDER BY e.id) AS moves
     FROM tasks t WHERE t.issue_number = $1 ORDER BY t.created_at DESC LIMIT 1`,
    [issue],
  );
  return { state: rows[0]?.state, moves: (rows[0]?.moves ?? []).map((at) => at.getTime()) };
}

/** Labels an issue and looks until its task has an answer, at most `patienceMs` from then. */
export async function live(world: World, title: string, patienceMs: number): Promise<Life> {
  const { number: issue } = await world.person.openIssue(REPO, { title });
  await world.person.label(REPO, issue, "aicd:auto");
  const labelledAt = Date.now();
  let seen: Seen = { state: undefined, moves: [] };
  while (Date.now() < labelledAt + patienceMs) {
    await sleep(LOOK_MS);
    seen = await look(world, issue).catch(() => seen);
    if (ENDS.has(seen.state ?? "")) return { issue, labelledAt, endedAt: Date.now(), ...seen };
  }
  return { issue, labelledAt, endedAt: undefined, ...seen };
}
