import { type CiNote, findLatestAttempt, setTask, type Task } from "@aicd/db";
import { createChecker } from "@aicd/local-github";
import { beforeEach, describe, expect, it } from "vitest";
import { startHome } from "../../testing/home.ts";
import { createTaskWorld } from "../../testing/tasks.ts";
import { judgeChecks } from "./judge-checks.ts";

// One home serves all these tests, which together write more than an App may.
const home = await startHome({ limits: { contentPerMinute: 10_000, contentPerHour: 10_000 } });
const world = await createTaskWorld({ home });
const say = await createChecker(home.github, { name: "Builds", owner: "acme" });
const { deps, tenantId } = world;
const REPO = "acme/widget";
const RED = "TAP version 13\nnot ok 1 - adds\n";

let task: Task;
let sha: string;
const judge = () => judgeChecks(deps, { tenantId, taskId: task.id });
const check = (name: string, conclusion: string | undefined, text = RED, at = sha) =>
  say(REPO, { sha: at, name, conclusion, text });
const now = async () => (await world.find(task.id)) ?? task;
const told = () => world.said(task.pullRequestNumber ?? 0);

/** A task whose pull request is open, on a branch with one commit of ours that nobody has checked yet. */
beforeEach(async () => {
  const issueNumber = await home.issue();
  const branch = `aicd/issue-${issueNumber}`;
  const pullRequestNumber = await home.pull(branch);
  ({ task } = await world.task("PR_OPEN", { issueNumber, pullRequestNumber }));
  sha = (await home.ask<{ head: { sha: string } }>(`/pulls/${pullRequestNumber}`)).head.sha;
  await world.inTenant((tx) => setTask(tx, task.id, { branch, headSha: sha, baseBranch: "main" }));
});

async function cameTo(ci: CiNote): Promise<void> {
  await world.inTenant((tx) => setTask(tx, task.id, { ci }));
}

describe("red checks of our commit", () => {
  it("begin a round that knows what failed, and are told once", async () => {
    await check("unit", "failure");
    await check("lint", "success", "");

    await judge();
    await judge();

    const { state, phase, ci } = await now();
    expect({ state, phase, ci }).toMatchObject({
      ...{ state: "QUEUED", phase: "revise" },
      ci: { rounds: 1, failing: [{ name: "unit", tests: ["adds"], excerpt: `unit\n\n${RED.trim()}` }] },
    });
    expect((await world.owed()).map(({ job }) => job)).toContain("start-attempt");
    expect(await told()).toMatchObject([expect.stringContaining("- `unit`: `adds`")]);
  });

  it("are left alone until the last check has ended", async () => {
    await check("unit", "failure");
    await check("slow", undefined);

    await judge();

    expect((await now()).state).toBe("PR_OPEN");
    expect(await told()).toEqual([]);
  });

  it("that come while the commit is being published are looked at afterwards", async () => {
    await world.pool.query("UPDATE tasks SET state = 'PUBLISHING' WHERE id = $1", [task.id]);

    await expect(judge()).rejects.toMatchObject({ name: "Postponed" });
  });

  it("that fail alike after a round are told, and no other round begins", async () => {
    await check("unit", "failure");
    await judge();
    const { ci } = await now();
    if (ci === null) throw new Error("no round was begun");
    await world.pool.query("UPDATE tasks SET state = 'PR_OPEN' WHERE id = $1", [task.id]);
    await cameTo({ ...ci, failing: [] });

    await judge();

    expect((await now()).state).toBe("PR_OPEN");
    expect((await told()).at(-1)).toContain("@mona, the last round was to mend this very failure");
  });

  it("are left to people after as many rounds as the settings allow", async () => {
    await check("unit", "failure");
    await cameTo({ rounds: 2, fingerprint: "another", failing: [] });

    await judge();

    expect((await now()).state).toBe("PR_OPEN");
    expect((await told()).at(-1)).toContain("2 rounds have tried to get it green");
  });

  it("that were green on the same commit are called flaky, and mended by nobody", async () => {
    await check("unit", "success", "");
    await check("unit", "failure");

    await judge();

    expect((await now()).state).toBe("PR_OPEN");
    expect(await told()).toMatchObject([expect.stringContaining("`unit` has passed on this very commit")]);
  });

  it("that fail alike where the work began are the base's", async () => {
    await check("old", "failure");
    const context = await world.inTenant((tx) => findLatestAttempt(tx, task.id));
    await check("old", "failure", `${RED}not ok 2 - more\n`, context?.context?.baseSha ?? "");

    await judge();

    expect((await now()).state).toBe("PR_OPEN");
    expect(await told()).toMatchObject([
      expect.stringContaining("`old` fails like this where the work began"),
    ]);
  });

  it.each(["success", "neutral", "skipped", "cancelled", "action_required"])(
    "%s is nothing to mend and nothing to tell",
    async (conclusion) => {
      await check("unit", conclusion);

      await judge();

      expect((await now()).state).toBe("PR_OPEN");
      expect(await told()).toEqual([]);
    },
  );

  it("of somebody else's commit are theirs", async () => {
    await home.commit(task.branch ?? `aicd/issue-${task.issueNumber}`, "by-mona.txt");
    await check("unit", "failure");

    await judge();

    expect((await now()).state).toBe("PR_OPEN");
  });
});

it("GitHub was never asked for anything it does not know", () => {
  expect(home.github.unexpected).toEqual([]);
});
