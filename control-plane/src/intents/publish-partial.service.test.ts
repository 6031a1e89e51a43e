import { Checkpoint, type TaskId } from "@aicd/core";
import { findChangeSet, storeCheckpoint } from "@aicd/db";
import { describe, expect, it } from "vitest";
import { createTaskWorld, EVIDENCE, MONA, type Planted } from "../testing/tasks.ts";
import { wordOf } from "./outcome.ts";

const world = await createTaskWorld();
const source = { kind: "issue_comment" as const, commentId: 5 };

const ask = async ({ task }: Planted) => {
  const { issueNumber } = task;
  const about = { issueNumber, actor: MONA, source, text: "", flags: {} };
  return wordOf(await world.say({ ...about, type: "retry.requested", partial: true }));
};

/** A task that FAILED for a reason of the agent's, with the change it had uploaded. */
async function failedWith(reason: string): Promise<Planted> {
  const planted = await world.task("PUBLISHING");
  await world.pool.query("UPDATE tasks SET state = 'FAILED', reason = $2 WHERE id = $1", [
    planted.task.id,
    reason,
  ]);
  return planted;
}

/** What a runner had by the time it was gone: one file more. */
async function leaveCheckpoint({ task }: Planted, paths = ["src/sum.js", "src/half.js"]): Promise<void> {
  const { rows } = await world.pool.query("SELECT id FROM attempts WHERE task_id = $1", [task.id]);
  const write = (path: string) => ({
    ...{ kind: "write", path, mode: "100644", baseMode: null, contentBase64: "aGFsZg==" },
  });
  const body = Checkpoint.parse({
    key: "k",
    startSha: "b".repeat(40),
    stage: "coding",
    plan: null,
    files: paths.map(write),
    findings: [],
    evidence: { ...EVIDENCE, after: [] },
    receipts: [],
    rounds: { repairsLeft: 0, reviewsLeft: 0, warned: false, rejected: null },
    learned: "",
    spentMicroUsd: 0,
  });
  await world.inTenant((tx) =>
    storeCheckpoint(tx, world.deps.mint, { taskId: task.id, attemptId: rows[0].id, phase: "code", body }),
  );
}

const chosen = async (taskId: TaskId) => {
  const { changeSetId } = (await world.find(taskId)) ?? {};
  return changeSetId == null ? undefined : world.inTenant((tx) => findChangeSet(tx, { id: changeSetId }));
};

describe("`/aicd retry --partial`", () => {
  it.each(["checks_failed", "budget_exhausted", "not_approved_by_critic"])(
    "publishes the change of a task that FAILED with %s, marked unfinished, without another run",
    async (reason) => {
      const planted = await failedWith(reason);

      expect(await ask(planted)).toBe("partial.publishing");

      expect(await world.find(planted.task.id)).toMatchObject({ state: "PUBLISHING", reason: null });
      expect(await chosen(planted.task.id)).toMatchObject({ digest: planted.digest, partial: true });
      const jobs = (await world.owed()).map(({ job }) => job);
      expect(jobs).toContain("publish-changes");
      expect(jobs).not.toContain("start-attempt");
    },
  );

  it("takes what a lost runner had left behind, where that is more than what it had handed in", async () => {
    const planted = await failedWith("runner_lost");
    await leaveCheckpoint(planted);

    expect(await ask(planted)).toBe("partial.publishing");

    const change = await chosen(planted.task.id);
    expect(change?.body.files.map(({ path }) => path)).toEqual(["src/sum.js", "src/half.js"]);
    expect(change).toMatchObject({ partial: true, body: { title: "Partial: work in progress" } });
  });

  it("publishes nothing that the policy stops, whoever asks", async () => {
    const planted = await failedWith("checks_failed");
    await leaveCheckpoint(planted, ["package.json"]);

    expect(await ask(planted)).toBe("refused.partial.blocked");

    expect((await world.find(planted.task.id))?.state).toBe("FAILED");
    expect((await world.said(planted.task.issueNumber)).at(-1)).toContain("Its patch can be had");
  });

  it("says so where nothing was written, or where all of it is published", async () => {
    const nothing = await world.task("FAILED");
    const published = await failedWith("runner_lost");
    await world.pool.query("UPDATE change_sets SET commit_sha = 'c' WHERE task_id = $1", [published.task.id]);

    expect(await ask(nothing)).toBe("refused.partial.missing");
    expect(await ask(published)).toBe("refused.partial.missing");
  });

  it.each(["BLOCKED", "CANCELLED", "CODING", "PR_OPEN"] as const)("is refused in %s", async (state) => {
    const planted = await world.task(state);

    expect(await ask(planted)).toBe("refused.partial.missing");

    expect((await world.find(planted.task.id))?.state).toBe(state);
  });

  it("asked for twice at once publishes once", async () => {
    const planted = await failedWith("checks_failed");
    await world.owed();

    const said = await Promise.all([ask(planted), ask(planted)]);

    expect(said.toSorted()).toEqual(["partial.publishing", expect.stringMatching(/^refused\./)]);
    expect((await world.owed()).filter(({ job }) => job === "publish-changes")).toHaveLength(1);
  });
});
