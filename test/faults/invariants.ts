import { setTimeout as sleep } from "node:timers/promises";
import { REPO, type World } from "../world/world.ts";
import type { Stand } from "./stand.ts";

const LOOK_MS = 500;
/** A call that nobody finished is booked a minute after the last word of it; then the sweep must come by. */
const QUIET_MS = 120_000;

/** What the fakes' accounts and the database say that must not be, as sentences. */
export type Breaches = { lost: string[]; doubled: string[] };

/** Waits until nothing is owed and no money is held, or says what still is. */
export async function quiet({ world: { database } }: Stand): Promise<string[]> {
  const deadline = Date.now() + QUIET_MS;
  let left: string[] = [];
  while (Date.now() < deadline) {
    const { rows } = await database.pool.query<{ what: string }>(
      `SELECT 'job ' || job || ' is owed after ' || tries || ' tries: ' || coalesce(error, '') AS what FROM outbox
         WHERE dead_at IS NULL AND due_at < now() + interval '1 minute'
       UNION ALL SELECT 'job ' || job || ' is dead: ' || coalesce(error, '') FROM outbox WHERE dead_at IS NOT NULL
       UNION ALL SELECT 'money is held for a call of ' || task_id FROM reservations
       UNION ALL SELECT 'the thread of #' || issue_number || ' is behind' FROM tasks
         WHERE thread_rendered < thread_version`,
    );
    left = rows.map(({ what }) => what);
    if (left.length === 0) return [];
    await sleep(LOOK_MS);
  }
  return left;
}

type Comment = { body: string; user: { login: string } };
type Pull = { number: number; head: { ref: string } };

async function ask<T>({ github, person }: World, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${person.token}` };
  const answer = await fetch(`${github.url}/repos/${REPO}${path}`, { headers });
  if (!answer.ok) throw new Error(`GitHub says ${answer.status} to ${path}`);
  return (await answer.json()) as T;
}

/** @param issues those whose task opened a pull request */
export async function breaches(stand: Stand, issues: readonly number[]): Promise<Breaches> {
  const { world } = stand;
  const found: Breaches = { lost: [], doubled: [] };
  const pulls: Pull[] = [];
  for (let page = 1; ; page++) {
    const more = await ask<Pull[]>(world, `/pulls?state=all&per_page=100&page=${page}`);
    pulls.push(...more);
    if (more.length < 100) break;
  }
  for (const issue of issues) {
    const ours = pulls.filter(({ head }) => head.ref.startsWith(`aicd/issue-${issue}-`));
    const commits = await Promise.all(
      ours.map(async ({ number }) => (await ask<unknown[]>(world, `/pulls/${number}/commits`)).length),
    );
    const comments = await ask<Comment[]>(world, `/issues/${issue}/comments?per_page=100`);
    const stickies = comments.filter(({ body }) => body.includes("<!-- aicd:status")).length;
    count(found, `pull request of #${issue}`, ours.length);
    for (const made of commits) count(found, `commit of #${issue}`, made);
    count(found, `sticky comment of #${issue}`, stickies);
    for (const mark of repeated(comments)) found.doubled.push(`comment ${mark} on #${issue}`);
  }
  await countMoney(stand, found);
  return found;
}

function count(found: Breaches, what: string, times: number): void {
  if (times === 0) found.lost.push(`no ${what}`);
  if (times > 1) found.doubled.push(`${times} times a ${what}`);
}

/** Keys of comments that stand there more than once. */
function repeated(comments: readonly Comment[]): string[] {
  const marks = comments.flatMap(({ body }) => /<!-- aicd:[^>]*-->/.exec(body)?.[0] ?? []);
  return marks.filter((mark, index) => marks.indexOf(mark) !== index);
}

/** The vendor's account against ours: what it worked on and nobody heard is booked at most once. */
async function countMoney({ world: { database }, vendor }: Stand, found: Breaches): Promise<void> {
  const { rows } = await database.pool.query<{ booked: number; apart: number }>(
    `SELECT (SELECT count(*)::int FROM usage) AS booked,
       (SELECT count(*)::int FROM tasks t WHERE spent_micro_usd IS DISTINCT FROM
         (SELECT coalesce(sum(u.micro_usd), 0) FROM usage u
          WHERE (u.tenant_id, u.task_id) = (t.tenant_id, t.id))) AS apart`,
  );
  const { booked = 0, apart = 0 } = rows[0] ?? {};
  if (booked < vendor.answered())
    found.lost.push(`${vendor.answered()} calls were answered, ${booked} are booked`);
  if (booked > vendor.received())
    found.doubled.push(`${vendor.received()} calls were received, ${booked} are booked`);
  if (apart > 0) found.doubled.push(`the sums of ${apart} tasks are not those of their calls`);
}
