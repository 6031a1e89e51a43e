import { MockAgent, REJECT_ONCE } from "@aicd/agents";
import { TASK_TRIGGERS, type TaskState, targetOf } from "@aicd/core";
import type { LedgerEntry } from "@aicd/local-github";
import { describe, expect, it, vi } from "vitest";
import { drive } from "../world/drive.ts";
import { createWorld, REPO, type World } from "../world/world.ts";

/** Dies right after the commit of this state … */
const STATES = [
  "QUEUED",
  "PLANNING",
  "AWAITING_APPROVAL",
  "CODING",
  "REVIEWING",
  "PUBLISHING",
  "PR_OPEN",
] as const satisfies TaskState[];
/** … or right after GitHub has done this and before we could write it down. */
const EFFECTS: [string, (entry: LedgerEntry) => boolean][] = [
  ["the dispatch", (entry) => entry.route.endsWith("/dispatches")],
  ["the plan comment", (entry) => JSON.stringify(entry.body ?? "").includes("/aicd approve")],
  ["the branch", (entry) => entry.method === "POST" && entry.route.endsWith("/git/refs")],
  ["the commit", (entry) => entry.route.includes("createCommitOnBranch")],
  ["the pull request", (entry) => entry.method === "POST" && entry.route.endsWith("/pulls")],
];

async function walkThrough(
  after: (work: () => Promise<void>) => void,
  kill: (world: World, now: () => void) => Promise<void> | void,
): Promise<World> {
  const world = await createWorld({ after });
  const { server, github, person } = world;
  let killed = false;
  const driving = drive(world, () => new MockAgent({ verdicts: REJECT_ONCE }));
  const restarted = new Promise<void>((resolve, reject) => {
    const waiting = kill(world, () => {
      if (killed) return;
      killed = true;
      server
        .kill()
        .then(() => server.start())
        .then(resolve, reject);
    });
    waiting?.catch(reject);
  });
  const issue = await person.openIssue(REPO, { title: "Make the widget two" });
  await person.label(REPO, issue.number, "aicd");
  await restarted;
  await (await world.moves(issue.number)).reached("PR_OPEN");
  await driving.settled();
  await github.settled();
  return world;
}

async function expectOnce(world: World): Promise<void> {
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${world.person.token}` };
    return (await (await fetch(`${world.github.url}/repos/${REPO}${path}`, { headers })).json()) as unknown[];
  };
  const pulls = (await ask("/pulls?state=all")) as { head: { ref: string }; number: number }[];
  const ours = async (mark: string) => {
    const comments = (await ask("/issues/1/comments")) as { body: string }[];
    return comments.filter((comment) => comment.body.includes(mark)).length;
  };
  // The dead process may have held the job that writes it; nobody takes that over before its claim ends.
  await vi.waitUntil(async () => (await ours("<!-- aicd:status -->")) > 0, {
    timeout: 90_000,
    interval: 200,
  });
  await world.github.settled();
  const branches = world.github.ledger.filter((entry) => entry.route.endsWith("/git/refs"));

  expect(pulls.map((pull) => pull.head.ref)).toEqual(["aicd/issue-1-make-the-widget-two"]);
  expect(branches).toHaveLength(1);
  expect(await ask(`/pulls/${pulls[0]?.number}/commits`)).toHaveLength(1);
  expect(await ours("<!-- aicd:status -->")).toBe(1);
  expect(await ours("## Plan")).toBe(1);
  expect(world.github.unexpected).toEqual([]);
}

/** Asked of Postgres itself: the API's stream, looking ten times a second, would be late for the moment. */
async function committed({ pool }: World["database"], state: TaskState): Promise<void> {
  const triggers: string[] = TASK_TRIGGERS.filter((trigger) => targetOf(trigger) === state);
  if (state === "QUEUED") triggers.push("task.queued");
  const isThere = async () =>
    (await pool.query("SELECT FROM events WHERE type = ANY($1) LIMIT 1", [triggers])).rowCount === 1;
  await vi.waitUntil(isThere, { timeout: 120_000, interval: 1 });
}

describe("kill -9 of the control plane", () => {
  it.concurrent.for(STATES)(
    "in %s: the task still ends, one branch, one pull request",
    async (state, { onTestFinished }) => {
      const world = await walkThrough(onTestFinished, ({ database }, now) =>
        committed(database, state).then(now),
      );

      await expectOnce(world);
    },
  );

  it.concurrent.for(EFFECTS)(
    "right after %s: the task still ends, one branch, one pull request",
    async ([_what, done], { onTestFinished }) => {
      const world = await walkThrough(onTestFinished, ({ github }, now) => {
        github.on("write", (entry) => {
          if (done(entry)) now();
        });
      });

      await expectOnce(world);
    },
  );
});
