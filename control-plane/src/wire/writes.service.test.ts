import { kindOf } from "@aicd/github";
import type { LedgerEntry } from "@aicd/local-github";
import { beforeEach, expect, it } from "vitest";
import { createPeopleOf } from "./testing/history-people.ts";
import { createRunnersOf } from "./testing/history-runners.ts";
import { createHistoryWorld } from "./testing/history-world.ts";

const world = await createHistoryWorld();
const { home } = world;

/** What makes something new, in the words of this test; each is a request that GitHub may count as content. */
const MAKES: Readonly<Record<string, string>> = {
  "POST /repos/{owner}/{repo}/git/refs": "branch",
  "POST graphql createCommitOnBranch": "commit",
  "POST /repos/{owner}/{repo}/pulls": "draft pull request",
};

let before = 0;
beforeEach(() => {
  before = home.github.ledger.length;
});

/** From the label to the draft, in the order of GitHub's ledger. */
async function work(pace: { slow: boolean }): Promise<void> {
  const issue = await home.issue();
  const said = { words: [], threads: [] };
  const people = createPeopleOf(world, issue, said);
  const runners = createRunnersOf(world, issue);
  before = home.github.ledger.length;
  await home.mona.label("acme/widget", issue, "aicd");
  await settle(pace);
  await runners.finishAll();
  await settle(pace);
  await people.approve();
  await settle(pace);
  await runners.finishAll();
  await settle(pace);
  // Whatever was put off comes as well; what is shown by then is not shown again.
  await settle({ slow: true });
}

/** Until nothing is told or due. Slow: what merges for some seconds is due as well, as between people's answers. */
async function settle({ slow }: { slow: boolean }): Promise<void> {
  for (;;) {
    const news = await world.news();
    for (const one of news) await world.receive(one);
    const rows = (await world.owedRows()).filter(({ job }) => slow || job !== "update-thread");
    const due = slow ? rows : [...rows, ...(await firstUpdates())];
    for (const row of due) expect(await world.run(row)).toBe("done");
    if (news.length + due.length === 0) return;
  }
}

/** Updates of the thread that do not wait for more. */
async function firstUpdates() {
  const { rows } = await world.pool.query<{ id: string }>(
    "SELECT id FROM outbox WHERE job = 'update-thread' AND due_at < now() + interval '5 seconds'",
  );
  const ids = new Set(rows.map(({ id }) => id));
  return (await world.owedRows()).filter(({ id }) => ids.has(id));
}

function ours(kind: "content" | "change"): string[] {
  return home.github.ledger
    .slice(before)
    .filter(({ actor, repo }) => actor === world.deps.appLogin && repo !== undefined)
    .filter((entry) => kindOfEntry(entry) === kind)
    .map(nameOf);
}

function kindOfEntry({ method, route }: LedgerEntry) {
  const mutation = /^graphql (\w+)/.exec(route)?.[1];
  if (mutation === undefined) return kindOf({ method, url: route });
  return kindOf({ method: "POST", url: "/graphql", query: `mutation write { ${mutation}(input: {}) }` });
}

function nameOf(entry: LedgerEntry): string {
  const { body = "" } = (entry.body ?? {}) as { body?: string };
  const comment = body.startsWith("<!-- aicd:status") ? "sticky comment" : "plan comment";
  if (entry.route.endsWith("/comments")) return comment;
  if (entry.route.endsWith("/comments/{comment_id}")) return `edit of the ${comment}`;
  const name = `${entry.method} ${entry.route}`;
  return MAKES[name] ?? name;
}

const MADE = ["sticky comment", "plan comment", "branch", "commit", "draft pull request"];
const EDIT = "edit of the sticky comment";

it("a task makes six writes of content from its label to the draft", async () => {
  await work({ slow: false });

  expect(ours("content").sort()).toEqual([...MADE, EDIT].sort());
  expect(ours("change").sort()).toEqual([
    "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    "POST /repos/{owner}/{repo}/check-runs",
    "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
  ]);
});

it("a slow one makes no more, and is shown in one comment that is edited", async () => {
  await work({ slow: true });

  const all = ours("content");
  expect(all.filter((name) => name !== EDIT).sort()).toEqual([...MADE].sort());
  expect(all.at(-1)).toBe(EDIT);
});
