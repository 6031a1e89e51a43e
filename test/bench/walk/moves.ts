import type { Pool } from "pg";

export type Moved = { issue: number; pull: number; type: "pull_request.opened" | "pull_request.merged" };

const LOOK_MS = 10;
/** Transactions of the walk are over long before; an event with an older id cannot turn up later. */
const SETTLED_MS = 5_000;

/**
 * Tells when pull requests are opened and merged, by reading the events as they are committed: dozens of
 * watchers of the API would be a part of what is measured, and late by the time of its look.
 */
export function watchMoves(pool: Pool, tell: (moved: Moved) => void): { stop(): Promise<void> } {
  const seen = new Map<string, number>();
  let floor = "";
  let over = false;

  async function look(): Promise<void> {
    const { rows } = await pool.query<Moved & { id: string }>(
      `SELECT e.id, e.type, t.issue_number AS issue, t.pull_request_number AS pull
       FROM tenants n JOIN events e ON e.tenant_id = n.id JOIN tasks t ON t.tenant_id = e.tenant_id AND t.id = e.task_id
       WHERE e.id > $1 AND e.type IN ('pull_request.opened', 'pull_request.merged') ORDER BY e.id`,
      [floor],
    );
    const now = performance.now();
    for (const { id, ...moved } of rows) {
      if (seen.has(id)) continue;
      seen.set(id, now);
      tell(moved);
    }
    for (const [id, at] of seen) {
      if (now - at < SETTLED_MS) break;
      seen.delete(id);
      if (id > floor) floor = id;
    }
  }

  async function lookOn(): Promise<void> {
    while (!over) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  const done = lookOn();
  return {
    stop() {
      over = true;
      return done;
    },
  };
}
