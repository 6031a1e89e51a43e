import type { TaskState } from "@aicd/core";
import type { Ending } from "./history.ts";
import { comments } from "./history-people.ts";
import type { HistoryWorld } from "./history-world.ts";

/** Where a task may stand when nothing is under way: at its end, or where a person is to act. */
const AT_REST = new Set<TaskState>([
  "MERGED",
  "CLOSED",
  "CANCELLED",
  "AWAITING_APPROVAL",
  "NEEDS_INPUT",
  "BLOCKED",
  "FAILED",
  "PR_OPEN",
]);
const MARK = /^<!-- aicd:(\S+) -->/;

type TaskRow = { id: string; state: TaskState; branch: string | null; pull: number | null };

/** What is wrong with how a history ended, in words; empty: all that was promised holds. */
export async function faultsOf(world: HistoryWorld, ending: Ending): Promise<string[]> {
  const { issue, said, dead } = ending;
  const { rows: tasks } = await world.pool.query<TaskRow>(
    `SELECT id, state, branch, pull_request_number AS pull FROM tasks WHERE issue_number = $1 ORDER BY created_at`,
    [issue],
  );
  const thread = await comments(world, issue);
  const bot = world.deps.appLogin;
  const ours = thread.filter(({ user }) => user.login === bot);
  return [
    ...dead.map((job) => `a job was given up: ${job}`),
    ...tasks.filter(({ state }) => !AT_REST.has(state)).map(({ state }) => `a task hangs in ${state}`),
    ...doubled(ours.map(({ body }) => MARK.exec(body)?.[1] ?? body)).map(
      (key) => `a comment is there twice: ${key}`,
    ),
    ...(tasks.length > 0 && !ours.some(({ body }) => body.startsWith("<!-- aicd:status"))
      ? ["a task has no sticky comment"]
      : []),
    ...(await faultsOfBranches(world, issue, tasks)),
    ...(await faultsOfWords(world, said.words)),
    ...(await faultsOfThreads(world, said.threads, tasks)),
  ];
}

async function faultsOfBranches(world: HistoryWorld, issue: number, tasks: TaskRow[]): Promise<string[]> {
  const refs = await world.home.ask<{ ref: string }[]>(`/git/matching-refs/heads/aicd/issue-${issue}-`);
  const used = new Set(tasks.flatMap(({ branch }) => branch ?? []));
  const faults = refs
    .map(({ ref }) => ref.slice("refs/heads/".length))
    .filter((name) => !used.has(name))
    .map((name) => `a branch is nobody's: ${name}`);
  for (const branch of used) {
    const pulls = await world.home.ask<{ number: number; state: string }[]>(
      `/pulls?state=all&head=acme:${encodeURIComponent(branch)}&per_page=100`,
    );
    const open = pulls.filter(({ state }) => state === "open");
    if (open.length > 1) faults.push(`${branch} has ${open.length} open pull requests`);
    const known = new Set(tasks.map(({ pull }) => pull));
    for (const { number } of open) if (!known.has(number)) faults.push(`#${number} is open and no task's`);
  }
  return faults;
}

/** A word is heard when there is a reaction of ours, or it is answered. */
async function faultsOfWords(world: HistoryWorld, words: Ending["said"]["words"]): Promise<string[]> {
  const faults: string[] = [];
  for (const { kind, id, by, text } of words) {
    const place = kind === "issue" ? "issues" : "pulls";
    const reactions = await world.home.ask<{ user: { login: string } }[]>(
      `/${place}/comments/${id}/reactions`,
    );
    if (!reactions.some(({ user }) => user.login === world.deps.appLogin)) {
      faults.push(`nobody heard ${by} say ${JSON.stringify(text)}`);
    }
  }
  return faults;
}

/** Of a pull request that is still worked on, each thread has one receipt. */
async function faultsOfThreads(
  world: HistoryWorld,
  threads: Ending["said"]["threads"],
  tasks: TaskRow[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const { pullRequest, commentId } of threads) {
    const all = await world.home.ask<{ in_reply_to_id?: number; user: { login: string } }[]>(
      `/pulls/${pullRequest}/comments?per_page=100`,
    );
    const replies = all.filter(
      ({ in_reply_to_id: to, user }) => to === commentId && user.login === world.deps.appLogin,
    );
    const open = tasks.some(({ pull, state }) => pull === pullRequest && state === "PR_OPEN");
    if (replies.length > 1) faults.push(`a thread has ${replies.length} receipts`);
    if (open && replies.length === 0) faults.push("a thread has no receipt");
  }
  return faults;
}

function doubled(keys: string[]): string[] {
  return [...new Set(keys.filter((key, at) => keys.indexOf(key) !== at))];
}
