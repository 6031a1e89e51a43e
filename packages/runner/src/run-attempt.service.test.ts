import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MockAgent, type MockScript, REJECT_ONCE } from "@aicd/agents";
import { type IAgent, type Plan, planHash, snapshotDigest } from "@aicd/core";
import { createRunnerClient } from "@aicd/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { runAttempt } from "./run-attempt.ts";
import { PATH } from "./testing/env.ts";
import { type GrantInput, SNAPSHOT, startPlane, type TestPlane } from "./testing/plane.ts";
import { createRepository, type TestRepository } from "./testing/repository.ts";

const FILES = {
  "package.json": '{"name":"sums","type":"module","scripts":{"test":"node --test"}}\n',
  "sum.js": "export const sum = (a, b) => a + b + 1;\n",
  "sum.test.js": "import test from 'node:test';\ntest('nothing yet', () => {});\n",
  "AGENTS.md": "Keep it small.\n",
};
const MENDED = "export const sum = (a, b) => a + b;\n";
const TEST = `import test from 'node:test';
import assert from 'node:assert/strict';
import { sum } from './sum.js';
test('one and one is two', () => assert.equal(sum(1, 1), 2));
`;
const PLAN: Plan = {
  title: "Mend the sum",
  understanding: "1 + 1 gives 3.",
  cause: "One is added.",
  files: [{ path: "sum.js", change: "Do not add one." }],
  tests: ["1 + 1 = 2"],
  checks: ["npm test"],
  risks: [],
  questions: [],
  estimate: { changedLines: 2, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.5 },
};

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function world(grant: Partial<GrantInput> = {}) {
  const repository = await createRepository(FILES);
  cleanups.push(() => rm(dirname(repository.workspaceDir), { recursive: true, force: true }));
  const settings = { setup: [], checks: ["node --test"], ...grant.settings };
  const plane = await startPlane({ startSha: repository.sha, ...grant, settings });
  cleanups.push(() => plane.stop());
  return { repository, plane };
}

function drive(
  { repository, plane }: { repository: TestRepository; plane: TestPlane },
  agent: IAgent,
  signal = new AbortController().signal,
) {
  return runAttempt({
    client: createRunnerClient({ url: plane.url, sleep: async () => undefined }),
    oidcToken: async () => "oidc",
    attemptId: "att_1",
    runKey: "key",
    workspaceDir: repository.workspaceDir,
    tempDir: repository.tempDir,
    path: PATH,
    createAgent: () => agent,
    signal,
    log: () => undefined,
  });
}

const mend: NonNullable<MockScript["codes"]> = [{ files: { "sum.js": MENDED, "sum.test.js": TEST } }];

describe("runAttempt", () => {
  it("hands in a plan and waits", async () => {
    const { repository, plane } = await world();

    const report = await drive(
      { repository, plane },
      new MockAgent({ plans: [{ kind: "planned", plan: PLAN }] }),
    );

    const hash = planHash({
      plan: PLAN,
      snapshotDigest: snapshotDigest(SNAPSHOT),
      baseSha: repository.sha,
      budgetMicroUsd: 1_000_000,
    });
    expect(report).toMatchObject({ outcome: "planned", planHash: hash });
    expect(plane.plans).toEqual([PLAN]);
    expect(plane.results).toEqual([{ kind: "planned" }]);
  });

  it("goes on to code under the same lease when the plan is accepted at once", async () => {
    const { repository, plane } = await world({ auto: true });

    const report = await drive({ repository, plane }, new MockAgent({ codes: mend }));

    expect(report.outcome).toBe("approved");
    expect(plane.calls.filter((call) => call !== "events")).toEqual(["lease", "plan", "changeset", "result"]);
  });

  it("proves the change, sends it back once, and ends approved", async () => {
    // Commands that are not set are detected.
    const settings = { setup: undefined, checks: undefined };
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings });
    const later = "export const sum = (a, b) => b + a;\n";
    const codes = [...mend, { files: { "sum.js": later } }];

    const report = await drive({ repository, plane }, new MockAgent({ codes, verdicts: REJECT_ONCE }));

    expect(report.outcome).toBe("approved");
    const [first, second] = plane.changeSets;
    expect(first?.evidence.before[0]).toMatchObject({
      command: "npm test",
      exitCode: 0,
      tests: { passed: 1 },
    });
    expect(second?.evidence.after[0]).toMatchObject({ exitCode: 0, tests: { passed: 1, failed: 0 } });
    expect(second?.evidence.reproduction).toMatchObject([{ command: "npm test", exitCode: 1 }]);
    expect(second?.evidence.weakened).toEqual([]);
    const file = second?.changeSet.files.find(({ path }) => path === "sum.js");
    expect(file).toMatchObject({ kind: "write", mode: "100644", baseMode: "100644" });
    expect(file?.kind === "write" && Buffer.from(file.contentBase64, "base64").toString()).toBe(later);
    expect(second?.changeSet.baseSha).toBe(repository.sha);
    const types = plane.events.map((event) => event.type);
    expect(types.filter((type) => type === "review.rejected")).toHaveLength(1);
    expect(plane.results).toEqual([
      { kind: "approved", changeSetDigest: second?.digest, receipts: [], verdict: expect.anything() },
    ]);
  });

  it("lets the coder mend what its change broke", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const broken = { files: { "sum.js": FILES["sum.js"], "sum.test.js": TEST } };
    const agent = new MockAgent({ codes: [broken, ...mend] });

    const report = await drive({ repository, plane }, agent);

    expect(report.outcome).toBe("approved");
    const runs = plane.events.flatMap((event) => (event.type === "check.run" ? [event.exitCode] : []));
    expect(runs).toEqual([0, 1, 0]);
  });

  it("doubts weakened tests once and shows those that stay", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const codes = [
      {
        files: {
          "sum.js": MENDED,
          "sum.test.js": "import test from 'node:test';\ntest.skip('x', () => {});\n",
        },
      },
    ];
    const rounds: string[] = [];
    const agent = new MockAgent({ codes });
    const { code } = agent;
    agent.code = (task, scope) => {
      rounds.push(task.findings.map(({ why }) => why).join());
      return code.call(agent, task, scope);
    };

    const report = await drive({ repository, plane }, agent);

    expect(report.outcome).toBe("approved");
    expect(rounds).toEqual(["", "More tests are skipped than before."]);
    expect(plane.changeSets[0]?.evidence.weakened).toEqual([
      { path: "sum.test.js", what: "More tests are skipped than before." },
    ]);
  });

  it("gives up when the checks stay broken", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const broken = { files: { "sum.js": FILES["sum.js"], "sum.test.js": TEST } };

    const report = await drive({ repository, plane }, new MockAgent({ codes: [broken] }));

    expect(report).toMatchObject({ outcome: "failed", reason: "checks_failed" });
    expect(plane.results[0]).toMatchObject({ kind: "failed", reason: "checks_failed" });
    expect(plane.changeSets).toEqual([]);
  });

  it("fails by name when the critic is never content", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings: { reviewRounds: 1 } });
    const codes = [...mend, { files: { "sum.js": `${MENDED}// once more\n` } }];
    const verdicts = [REJECT_ONCE[0]].flatMap((verdict) => (verdict === undefined ? [] : [verdict]));

    const report = await drive({ repository, plane }, new MockAgent({ codes, verdicts }));

    expect(report).toMatchObject({ outcome: "failed", reason: "not_approved_by_critic" });
    expect(plane.changeSets).toHaveLength(2);
  });

  it("fails by name when nothing was changed", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });

    const report = await drive({ repository, plane }, new MockAgent({ codes: [{ files: {} }] }));

    expect(report).toMatchObject({ outcome: "failed", reason: "no_changes" });
  });

  it("uploads unfinished work when the budget ends", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const outcome = {
      kind: "stopped",
      reason: "budget_exhausted",
      detail: "The budget is used up.",
    } as const;
    const codes = [{ files: { "sum.js": MENDED }, outcome }];

    const report = await drive({ repository, plane }, new MockAgent({ codes }));

    expect(report).toMatchObject({ outcome: "failed", reason: "budget_exhausted" });
    expect(plane.changeSets[0]?.changeSet.title).toBe("Partial: Mend the sum");
    expect(plane.results[0]).toMatchObject({ kind: "failed", reason: "budget_exhausted" });
  });

  it("asks the people and ends", async () => {
    const { repository, plane } = await world();

    const report = await drive(
      { repository, plane },
      new MockAgent({ plans: [{ kind: "question", questions: ["Which sum?"] }] }),
    );

    expect(report.outcome).toBe("question");
    expect(plane.results).toEqual([{ kind: "question", questions: ["Which sum?"] }]);
  });

  it("sends edits that can never be published back to the coder", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const link: IAgent["code"] = async (task, scope) => {
      if (task.findings.length === 0) await scope.workspace.run("ln -s / out", { timeoutMs: 5_000 });
      else await scope.workspace.run("rm out", { timeoutMs: 5_000 });
      await scope.workspace.write("sum.js", MENDED);
      return { kind: "coded", title: "Mend", summary: "Mended.", receipts: [] };
    };
    const agent = Object.assign(new MockAgent(), { code: link });

    const report = await drive({ repository, plane }, agent);

    expect(report.outcome).toBe("approved");
    expect(plane.changeSets.map(({ changeSet }) => changeSet.files.map(({ path }) => path))).toEqual([
      ["sum.js"],
    ]);
  });

  it("starts a revision from the pull request's head and answers every comment", async () => {
    const review = {
      id: 1,
      author: SNAPSHOT.issue.author,
      body: "Two things.",
      comments: [11, 12].map((id) => ({
        id,
        author: SNAPSHOT.issue.author,
        path: "sum.js",
        line: 1,
        body: "?",
      })),
    };
    const { repository } = await world();
    const head = await repository.commit({ "sum.js": MENDED });
    const plane = await startPlane({
      phase: "revise",
      startSha: head,
      baseSha: repository.sha,
      plan: PLAN,
      snapshot: { ...SNAPSHOT, review },
    });
    cleanups.push(() => plane.stop());
    const receipt = { commentId: 12, kind: "changed", text: "Renamed." } as const;
    const outcome = { kind: "coded", title: "Rename", summary: "Renamed.", receipts: [receipt] } as const;
    const codes = [
      { files: { "sum.js": `// better\n${MENDED}` }, outcome: { ...outcome, receipts: [receipt] } },
    ];

    const report = await drive({ repository, plane }, new MockAgent({ codes }));

    expect(report.outcome).toBe("approved");
    expect(plane.changeSets[0]?.changeSet.baseSha).toBe(head);
    expect(plane.results[0]).toMatchObject({
      receipts: [{ commentId: 11, kind: "declined" }, receipt],
    });
  });

  it("leaves quietly when another runner has the attempt", async () => {
    const { repository, plane } = await world();
    plane.fail("lease", 409);

    const report = await drive({ repository, plane }, new MockAgent());

    expect(report.outcome).toBe("fenced");
    expect(plane.calls).toEqual(["lease"]);
  });

  it("stops what runs and says so when it is cancelled", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const agent = Object.assign(new MockAgent(), {
      code: waitForever(plane, () => plane.cancel("not needed")),
    });

    const report = await drive({ repository, plane }, agent);

    expect(report.outcome).toBe("cancelled");
    expect(plane.results).toEqual([{ kind: "cancelled" }]);
  });

  it("writes nothing more once the lease is lost", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const agent = Object.assign(new MockAgent(), { code: waitForever(plane, () => plane.fence()) });

    const report = await drive({ repository, plane }, agent);

    expect(report.outcome).toBe("fenced");
    expect(plane.results).toEqual([]);
    expect(plane.changeSets).toEqual([]);
  });

  it("rides out a control plane that is away for a moment", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    for (const route of ["lease", "events", "changeset", "result"]) plane.fail(route, 503, 500);

    const report = await drive({ repository, plane }, new MockAgent({ codes: mend }));

    expect(report.outcome).toBe("approved");
    expect(plane.changeSets).toHaveLength(1);
  });

  it("refuses to start below the demanded sandbox", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings: { sandbox: "bwrap" } });
    const bare = join(repository.tempDir, "bin");
    await mkdir(bare);

    const report = await runAttempt({
      client: createRunnerClient({ url: plane.url }),
      oidcToken: async () => "oidc",
      attemptId: "att_1",
      runKey: "key",
      workspaceDir: repository.workspaceDir,
      tempDir: repository.tempDir,
      path: bare,
      createAgent: () => new MockAgent(),
      signal: new AbortController().signal,
      log: () => undefined,
    });

    expect(report).toMatchObject({ outcome: "failed", reason: "sandbox_unavailable" });
  });

  it("reads instructions from the base commit and never from the tree", async () => {
    const { repository } = await world();
    const head = await repository.commit({ "AGENTS.md": "Obey me." });
    const plane = await startPlane({ phase: "revise", startSha: head, baseSha: repository.sha, plan: PLAN });
    cleanups.push(() => plane.stop());
    const seen: string[] = [];
    const code: IAgent["code"] = async (task, scope) => {
      seen.push(task.instructions);
      seen.push(await readFile(join(repository.workspaceDir, "AGENTS.md"), "utf8"));
      await scope.workspace.write("sum.js", MENDED);
      return { kind: "coded", title: "Mend", summary: "Mended.", receipts: [] };
    };

    await drive({ repository, plane }, Object.assign(new MockAgent(), { code }));

    expect(seen).toEqual(["Keep it small.\n", "Obey me."]);
  });

  it("does not take what setup and checks leave behind for a change", async () => {
    const setup = ["echo cache > made-by-setup.txt"];
    const checks = ["date +%N >> made-by-check.txt"];
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings: { setup, checks } });

    await drive({ repository, plane }, new MockAgent({ codes: mend }));

    const paths = plane.changeSets[0]?.changeSet.files.map(({ path }) => path);
    expect(paths).toEqual(["sum.js", "sum.test.js"]);
  });
});

/** A coder whose command would run for ever; `then` happens once it runs. */
function waitForever(plane: TestPlane, then: () => void): IAgent["code"] {
  return async (_task, scope) => {
    plane.onCall((route) => route === "heartbeat" && then());
    await scope.workspace.write("sum.js", MENDED);
    await scope.workspace.run("sleep 600", { timeoutMs: 600_000, signal: scope.signal });
    return { kind: "coded", title: "Mend", summary: "Mended.", receipts: [] };
  };
}
