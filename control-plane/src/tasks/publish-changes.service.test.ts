import { ChangeSet, changeSetDigest, Evidence, type TaskId } from "@aicd/core";
import {
  type AttemptContext,
  endAttempt,
  ensureAttempt,
  findPlan,
  freezeContext,
  listAttempts,
  setTask,
  storeChangeSet,
  storeVerdict,
} from "@aicd/db";
import { afterEach, describe, expect, it } from "vitest";
import { startHome } from "../testing/home.ts";
import { createTaskWorld, EVIDENCE, MONA } from "../testing/tasks.ts";
import { publishChanges } from "./publish-changes.ts";

const home = await startHome();
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;
const REPO = "acme/widget";
type Pull = {
  number: number;
  state: string;
  draft: boolean;
  body: string;
  title: string;
  head: { ref: string };
};

const publish = (taskId: TaskId) => publishChanges(deps, { tenantId, taskId });
const pulls = async (branch: string) =>
  (await home.ask<Pull[]>("/pulls?state=all&per_page=100")).filter(({ head }) => head.ref === branch);

/** A finished change of an issue, with the critic's yes. */
async function finished() {
  const issueNumber = await home.issue();
  const { task } = await world.task("PUBLISHING", { issueNumber });
  if (task.changeSetId === null) throw new Error("no change");
  const about = { taskId: task.id, changeSetId: task.changeSetId };
  const body = { approved: true, summary: "Looks right.", findings: [] };
  // A change of its own, so that what an earlier test merged is no change already.
  await world.pool.query(
    `UPDATE change_sets SET body = jsonb_set(body, '{files,0,contentBase64}', to_jsonb($2::text)) WHERE task_id = $1`,
    [task.id, Buffer.from(`sum ${issueNumber}`).toString("base64")],
  );
  await world.inTenant((tx) =>
    storeVerdict(tx, deps.mint, { ...about, judge: "critic", kind: "approved", body }),
  );
  return { ...task, branch: task.branch ?? "" };
}

afterEach(async () => {
  home.github.faults.clear();
  await world.pool.query("UPDATE installations SET state = 'active'");
});

describe("a finished change", () => {
  it("becomes one commit on its branch and a draft pull request", async () => {
    const task = await finished();

    await publish(task.id);

    const [pull] = await pulls(task.branch);
    expect(pull).toMatchObject({ state: "open", draft: true, title: "Round once" });
    expect(pull?.body).toContain(`#${task.issueNumber}`);
    expect(pull?.body).toContain("Looks right.");
    expect(pull?.body).toContain("Reported by the runner");
    const after = await world.find(task.id);
    expect(after).toMatchObject({
      state: "PR_OPEN",
      pullRequestNumber: pull?.number,
      reviewIds: [],
      detail: null,
    });
    const commits = await home.ask<{ sha: string; commit: { message: string } }[]>(
      `/commits?sha=${task.branch}`,
    );
    expect(commits.map(({ sha }) => sha).slice(0, 2)).toEqual([after?.headSha, home.baseSha]);
    expect(commits[0]?.commit.message).toContain("Co-authored-by: mona");
    const { rows } = await world.pool.query("SELECT action FROM audit_log WHERE target = $1", [
      `${task.id}#${pull?.number}`,
    ]);
    expect(rows).toEqual([{ action: "pull_request.published" }]);
  });

  it("comes with what was edited since its plan was approved, in which nobody is called", async () => {
    const task = await finished();
    const words = { body: "They are rounded thrice. ```` @octocat fixes #1 </details>" };
    await home.mona.editIssue("acme/widget", task.issueNumber, words);

    await publish(task.id);

    const { body = "" } = (await pulls(task.branch))[0] ?? {};
    expect(body).toMatch(/### Since the approval\n.*the issue's text was edited\n\n`{5}diff\n.*\n`{5}\n/s);
    expect(body).toContain("-They are rounded twice.\n+They are rounded thrice.");
    const plan = await world.inTenant((tx) => findPlan(tx, task.planId ?? deps.mint("plan")));
    expect(plan?.edits).toEqual([{ what: "body", of: "mona", patch: expect.stringContaining("+They are") }]);
  });

  it("is published once by a repeated job", async () => {
    const task = await finished();

    await publish(task.id);
    await publish(task.id);

    expect(await pulls(task.branch)).toHaveLength(1);
  });

  it.each([
    ["the branch", /git\/refs$/],
    ["the commit", "/graphql"],
    ["the pull request", "/repos/{owner}/{repo}/pulls"],
  ])("is there once, though the answer about %s was lost", async (_, route) => {
    const task = await finished();
    home.github.faults.set({
      method: "POST",
      route,
      body: /refs\/heads|createCommit|head/,
      cut: "after",
      status: 500,
    });
    await publish(task.id).catch(() => undefined);
    home.github.faults.clear();

    await publish(task.id);

    expect(await pulls(task.branch)).toHaveLength(1);
    expect((await world.find(task.id))?.state).toBe("PR_OPEN");
    const commits = await home.ask<unknown[]>(`/commits?sha=${task.branch}`);
    expect(commits).toHaveLength(2);
  });

  it("gets a branch named after the issue, and never somebody else's", async () => {
    const task = await finished();
    const taken = `aicd/issue-${task.issueNumber}-sums-are-wrong`;
    await home.makeBranch(taken);
    await home.commit(taken, "theirs.txt");
    await world.inTenant((tx) => setTask(tx, task.id, { branch: null }));

    await publish(task.id);

    const branch = (await world.find(task.id))?.branch ?? "";
    expect(branch).toMatch(new RegExp(`^${taken}-.{6}$`));
    expect(await pulls(branch)).toHaveLength(1);
  });
});

describe("nothing is written", () => {
  const cases: [string, (task: Awaited<ReturnType<typeof finished>>) => Promise<unknown>, RegExp][] = [
    [
      "when the App is suspended",
      () => world.pool.query("UPDATE installations SET state = 'suspended'"),
      /suspended/,
    ],
    [
      "when the person who asked may no longer write",
      ({ id }) => world.inTenant((tx) => setTask(tx, id, { requestedBy: { login: "stranger", id: 99 } })),
      /may no longer write/,
    ],
    [
      "when the change breaks a rule nobody may override",
      ({ id }) =>
        world.pool.query(
          `UPDATE change_sets SET body = jsonb_set(body, '{files,0,path}', '".git/config"') WHERE task_id = $1`,
          [id],
        ),
      /nobody may override/,
    ],
    [
      "when its runner lied about the base, and an older server believed it",
      ({ id }) =>
        world.pool.query(
          `UPDATE change_sets SET body = jsonb_set(jsonb_set(body, '{files,0,mode}', '"100755"'), '{files,0,baseMode}', '"100755"')
            WHERE task_id = $1`,
          [id],
        ),
      /nobody may override/,
    ],
    [
      "when an admin would have to override it, and nobody has",
      ({ id }) =>
        world.pool.query(
          `UPDATE change_sets SET body = jsonb_set(body, '{files,0,path}', '"conftest.py"') WHERE task_id = $1`,
          [id],
        ),
      /nobody has overridden/,
    ],
    [
      "when the branch it is for is gone",
      ({ id }) => world.inTenant((tx) => setTask(tx, id, { baseBranch: "gone" })),
      /`gone`/,
    ],
    [
      "over somebody's commits",
      async ({ branch }) => {
        await home.makeBranch(branch);
        await home.commit(branch, "theirs.txt");
      },
      /pushed/,
    ],
  ];

  it.each(cases)("%s, and the task says why", async (_, change, detail) => {
    const task = await finished();
    await change(task);

    await publish(task.id);

    expect(await world.find(task.id)).toMatchObject({
      state: "FAILED",
      reason: "publishing_failed",
      detail: expect.stringMatching(detail),
    });
    expect(await pulls(task.branch)).toEqual([]);
  });

  it.each(["CANCELLED", "PR_OPEN", "CODING"] as const)("for a task that is %s", async (state) => {
    const { task } = await world.task(state, { issueNumber: await home.issue() });
    const before = home.github.ledger.length;

    await publish(task.id);

    expect(home.github.ledger).toHaveLength(before);
  });

  it("while GitHub is away: the job comes back", async () => {
    const task = await finished();
    home.github.faults.set({ method: "POST", route: /git\/refs$/, status: 502 });

    await expect(publish(task.id)).rejects.toThrow();

    expect((await world.find(task.id))?.state).toBe("PUBLISHING");
  });
});

describe("cancelled in between", () => {
  const cancel = (taskId: TaskId) =>
    world.pool.query("UPDATE tasks SET state = 'CANCELLED' WHERE id = $1", [taskId]);

  it("a task has no commit, where GitHub was only asked", async () => {
    const task = await finished();
    home.onAnswer(/permission$/, () => cancel(task.id));

    await publish(task.id);

    expect((await world.find(task.id))?.state).toBe("CANCELLED");
    await expect(home.ask(`/git/ref/heads/${task.branch}`)).rejects.toThrow("404");
  });

  it("a task whose commit is made gets no pull request", async () => {
    const task = await finished();
    home.onAnswer(/graphql$/, () => cancel(task.id));

    await publish(task.id);

    expect(await pulls(task.branch)).toEqual([]);
  });

  it("a task whose pull request is just made has it closed again", async () => {
    const task = await finished();
    home.onAnswer(/POST .*\/pulls$/, () => cancel(task.id));

    await publish(task.id);

    expect(await pulls(task.branch)).toEqual([expect.objectContaining({ state: "closed" })]);
    expect((await world.find(task.id))?.state).toBe("CANCELLED");
  });
});

describe("a retry of a review", () => {
  async function again() {
    const first = await finished();
    await publish(first.id);
    const { pullRequestNumber, headSha } = (await world.find(first.id)) ?? {};
    if (pullRequestNumber == null || headSha == null) throw new Error("nothing was published");
    const reviewed = await home.reviewed(pullRequestNumber, "src/sum.js");
    // The runner's second change: on top of the first.
    await world.pool.query(
      `UPDATE change_sets SET digest = digest || 'x', body = jsonb_set(jsonb_set(body, '{baseSha}', to_jsonb($2::text)),
         '{files,0,contentBase64}', '"c3VtMg=="') WHERE task_id = $1`,
      [first.id, headSha],
    );
    await world.pool.query(
      `UPDATE attempts SET receipts = $2, context = jsonb_set(context, '{snapshot,review}', $3) WHERE task_id = $1`,
      [
        first.id,
        JSON.stringify([
          { commentId: reviewed.commentId, kind: "changed", text: "Now @all sums are whole." },
        ]),
        JSON.stringify({
          id: reviewed.reviewId,
          author: { login: "mona", permission: "write" },
          body: "",
          comments: [
            {
              id: reviewed.commentId,
              author: { login: "mona", permission: "write" },
              path: "src/sum.js",
              line: 1,
              body: "Why?",
            },
          ],
        }),
      ],
    );
    await world.pool.query("UPDATE tasks SET state = 'PUBLISHING', review_ids = $2 WHERE id = $1", [
      first.id,
      [reviewed.reviewId],
    ]);
    await world.owed();
    return { ...first, pullRequestNumber, ...reviewed };
  }

  it("adds a commit to the same pull request, and every comment gets its receipt", async () => {
    const task = await again();

    await publish(task.id);

    const after = await world.find(task.id);
    expect(after).toMatchObject({
      state: "PR_OPEN",
      pullRequestNumber: task.pullRequestNumber,
      reviewIds: [],
    });
    expect(await home.ask<unknown[]>(`/commits?sha=${task.branch}`)).toHaveLength(3);
    const { rows } = await world.pool.query(
      "SELECT target, body FROM comments WHERE key LIKE 'receipt:%' AND task_id = $1",
      [task.id],
    );
    expect(rows).toEqual([
      {
        target: {
          kind: "review_comment",
          pullRequestNumber: task.pullRequestNumber,
          commentId: task.commentId,
        },
        body: expect.stringContaining(`Changed in ${after?.headSha}`),
      },
    ]);
    expect(rows[0].body).not.toContain("@all");
  });

  it("goes on with the reviews that came meanwhile", async () => {
    const task = await again();
    await world.inTenant((tx) => setTask(tx, task.id, { waitingReviewIds: [71, 72] }));

    await publish(task.id);

    expect(await world.find(task.id)).toMatchObject({
      state: "QUEUED",
      phase: "revise",
      reviewIds: [71, 72],
      waitingReviewIds: [],
    });
    expect((await world.owed()).map(({ job }) => job)).toContain("start-attempt");
  });

  it.each([
    ["merged", "MERGED", (number: number) => home.ask(`/pulls/${number}/merge`, { method: "PUT", body: {} })],
    ["closed", "CLOSED", (number: number) => home.mona.closePull(REPO, number)],
  ] as const)("of a pull request that was %s meanwhile changes nothing", async (_, state, end) => {
    const task = await again();
    await home.mona.markReady(REPO, task.pullRequestNumber);
    await end(task.pullRequestNumber);
    const before = home.github.ledger.length;

    await publish(task.id);

    expect((await world.find(task.id))?.state).toBe(state);
    expect(home.github.ledger).toHaveLength(before);
  });
});

it("the person who asked is the co-author, by GitHub's id", () => {
  expect(home.github.ledger.some(({ body }) => JSON.stringify(body ?? "").includes(`${MONA.id}+mona@`))).toBe(
    true,
  );
});

describe("the text of the pull request", () => {
  type Review = NonNullable<AttemptContext["snapshot"]["review"]>;
  const proof = (part: object) => Evidence.parse({ ...EVIDENCE, ...part });
  const tests = (exitCode: number) => ({
    ...{ command: "npm test", exitCode, durationMs: 1, outputTail: "" },
    tests: { passed: 1, failed: exitCode, skipped: 0 },
  });

  /** A second change, on top of the published one, that answers a review. */
  async function nextRound(task: Awaited<ReturnType<typeof finished>>, files: ChangeSet["files"]) {
    const { pullRequestNumber, headSha } = (await world.find(task.id)) ?? {};
    if (pullRequestNumber == null || headSha == null) throw new Error("nothing was published");
    const review: Review = {
      id: 7,
      author: { login: "ada", permission: "write" },
      body: "",
      comments: [
        { id: 8, author: { login: "ada", permission: "write" }, path: "src/sum.js", line: 1, body: "Why?" },
      ],
    };
    const body = ChangeSet.parse({
      baseSha: headSha,
      files,
      title: "Name the unit",
      summary: "Now it says cents.",
    });
    const digest = changeSetDigest(body);
    await world.inTenant(async (tx) => {
      const { attempt } = await ensureAttempt(tx, deps.mint, { taskId: task.id, phase: "revise" });
      const [first] = (await listAttempts(tx, task.id)).slice(-1);
      if (first?.context == null) throw new Error("no context");
      const { context } = first;
      await freezeContext(tx, attempt.id, {
        ...context,
        startSha: headSha,
        snapshot: { ...context.snapshot, review },
      });
      const receipts = [{ commentId: 8, kind: "changed" as const, text: "It is `sumCents` now." }];
      await endAttempt(tx, { id: attempt.id, state: "succeeded", receipts });
      const evidence = proof({ before: [tests(0)], after: [tests(0)] });
      const about = { taskId: task.id, attemptId: attempt.id };
      const { id } = await storeChangeSet(tx, deps.mint, { ...about, digest, body, evidence });
      await setTask(tx, task.id, { changeSetId: id });
    });
    await world.pool.query("UPDATE tasks SET state = 'PUBLISHING', phase = 'revise' WHERE id = $1", [
      task.id,
    ]);
  }

  const write = (path: string, content: string, mode: "100644" | "100755" = "100644") => ({
    ...{ kind: "write" as const, path, mode, baseMode: mode },
    contentBase64: Buffer.from(content).toString("base64"),
  });

  it("is of all rounds: what the branch changes, the proof of the bug, and who asked for what", async () => {
    const task = await finished();
    const first = proof({ before: [tests(0)], reproduction: [tests(1)], after: [tests(0)] });
    await world.pool.query("UPDATE change_sets SET evidence = $2 WHERE task_id = $1", [task.id, first]);
    await publish(task.id);
    await home.commit(task.branch, "theirs.txt");
    const { object } = await home.ask<{ object: { sha: string } }>(`/git/ref/heads/${task.branch}`);
    await world.inTenant((tx) => setTask(tx, task.id, { headSha: object.sha }));

    await nextRound(task, [write("src/sum.js", `cents ${task.issueNumber}`)]);
    await publish(task.id);

    const [pull] = await pulls(task.branch);
    expect((await world.find(task.id))?.state).toBe("PR_OPEN");
    expect(pull?.title).toBe("Round once");
    const body = pull?.body ?? "";
    expect(body).toContain("This is the work of 2 rounds. Together they change 2 files:");
    expect(body).toMatch(/\| `theirs.txt` \(new\) \| \+1 −0 \|/);
    expect(body).toContain("| new tests, old code | `npm test` | 1 |");
    expect(body).toContain("Round 1 · asked for by @\u2060mona");
    expect(body).toContain("Round 2 · review by @\u2060ada, 1 thread");
    expect(body).toContain("- `src/sum.js:1` changed: It is `sumCents` now.");
  });

  it("of unfinished work says so until a round finishes it", async () => {
    const task = await finished();
    await world.pool.query("UPDATE change_sets SET partial = true WHERE task_id = $1", [task.id]);
    await publish(task.id);
    const [partial] = await pulls(task.branch);

    await nextRound(task, [write("src/sum.js", `whole ${task.issueNumber}`)]);
    await publish(task.id);

    expect(partial).toMatchObject({ draft: true, title: "Partial: Round once" });
    expect(partial?.body).toMatch(/^Unfinished work on #/);
    const [whole] = await pulls(task.branch);
    expect(whole?.title).toBe("Name the unit");
    expect(whole?.body).toMatch(/^Fixes #/);
  });

  it("K5: a file that was executable is so after our commit, and then nothing is said of it", async () => {
    const task = await finished();
    await world.pool.query(
      "UPDATE change_sets SET body = jsonb_set(body, '{files}', $2) WHERE task_id = $1",
      [task.id, JSON.stringify([write("run.sh", `echo ${task.issueNumber}\n`, "100755")])],
    );

    await publish(task.id);

    const { object } = await home.ask<{ object: { sha: string } }>(`/git/ref/heads/${task.branch}`);
    const { tree } = await home.ask<{ tree: { path: string; mode: string }[] }>(`/git/trees/${object.sha}`);
    expect(tree.find(({ path }) => path === "run.sh")?.mode).toBe("100755");
    expect((await pulls(task.branch))[0]?.body).not.toContain("executable");
  });

  it("is there all the same when GitHub does not say what the branch changes", async () => {
    const task = await finished();
    await publish(task.id);
    await nextRound(task, [write("src/sum.js", `more ${task.issueNumber}`)]);
    home.github.faults.set({ method: "GET", route: /\/compare\//, status: 404 });

    await publish(task.id);

    expect((await pulls(task.branch))[0]?.body).toContain("Together they change 1 file:\n\n- `src/sum.js`");
  });
});
