import { createOpenAgent, MockAgent, REJECT_ONCE } from "@aicd/agents";
import type { IAgent, ReviewOutcome } from "@aicd/core";
import { LLMock } from "@copilotkit/aimock";
import { afterEach, describe, expect, it } from "vitest";
import { type GrantInput, SNAPSHOT, startPlane } from "../testing/plane.ts";
import { type Cleanups, createWorld, drive, FILES, MEND, MENDED, PLAN, TEST } from "../testing/sums.ts";

const cleanups: Cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const world = (grant: Partial<GrantInput> = {}) => createWorld(cleanups, grant);

describe("the coding phase", () => {
  it("proves the change, sends it back once, and ends approved", async () => {
    // Commands that are not set are detected.
    const settings = { setup: undefined, checks: undefined };
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings });
    const later = "export const sum = (a, b) => b + a;\n";
    const codes = [...MEND, { files: { "sum.js": later } }];

    const report = await drive({ repository, plane }, new MockAgent({ codes, verdicts: REJECT_ONCE }));

    expect(report.outcome).toBe("approved");
    const [first, second] = plane.changeSets;
    expect(first?.evidence.before[0]).toMatchObject({
      command: "npm test",
      exitCode: 0,
      tests: { passed: 1 },
    });
    expect(second?.evidence.after[0]).toMatchObject({ exitCode: 0, tests: { passed: 2, failed: 0 } });
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

  it("asks no critic for a small change that its tests prove, unless the settings do", async () => {
    const settings = { review: "unproven" as const };
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings });

    const agent = new MockAgent({ codes: MEND, verdicts: REJECT_ONCE });
    const report = await drive({ repository, plane }, agent);

    expect(report.outcome).toBe("approved");
    expect(report.detail).toMatch(/^No critic was asked: .*`review: always`/);
    expect(plane.events.filter(({ type }) => type === "review.rejected")).toEqual([]);
  });

  it("lets the coder mend what its change broke", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const broken = { files: { "sum.js": FILES["sum.js"], "sum.test.js": TEST } };
    const agent = new MockAgent({ codes: [broken, ...MEND] });

    const report = await drive({ repository, plane }, agent);

    expect(report.outcome).toBe("approved");
    const runs = plane.events.flatMap((event) => (event.type === "check.run" ? [event.exitCode] : []));
    expect(runs).toEqual([0, 1, 0]);
  });

  it("K4: tells the coder what of its work cannot be in the change, and the reader what stays out", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const files = { "sum.js": MENDED, "sum.test.js": TEST, "node_modules/m.js": "x" };
    const rounds: string[] = [];
    const agent = new MockAgent({ codes: [{ files }] });
    const { code } = agent;
    agent.code = (task, scope) => {
      rounds.push(task.findings.map(({ path, why }) => `${path} ${why}`).join());
      return code.call(agent, task, scope);
    };

    const report = await drive({ repository, plane }, agent);

    expect(report.outcome).toBe("approved");
    expect(rounds).toEqual(["", expect.stringMatching(/^node_modules\/m\.js .*ignore rules/)]);
    expect(plane.changeSets[0]?.changeSet.summary).toContain(
      "Left out of this change:\n- `node_modules/m.js`",
    );
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
    expect(rounds).toEqual([
      "",
      "More tests are skipped than before.",
      "The new tests pass without the change too, so they do not prove it.",
    ]);
    expect(plane.changeSets[0]?.evidence.weakened).toEqual([
      { path: "sum.test.js", what: "More tests are skipped than before." },
    ]);
  });

  it("gives up when the checks stay broken, and hands over what there is with what they say", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const broken = { files: { "sum.js": FILES["sum.js"], "sum.test.js": TEST } };

    const report = await drive({ repository, plane }, new MockAgent({ codes: [broken] }));

    expect(report).toMatchObject({ outcome: "failed", reason: "checks_failed" });
    expect(plane.results[0]).toMatchObject({ kind: "failed", reason: "checks_failed" });
    expect(plane.changeSets).toHaveLength(1);
    const [{ changeSet, evidence }] = plane.changeSets as [(typeof plane.changeSets)[0]];
    expect(changeSet.title).toBe(`Partial: ${PLAN.title}`);
    expect(changeSet.files.map(({ path }) => path)).toEqual(["sum.test.js"]);
    expect(evidence.after).toMatchObject([{ command: "node --test", exitCode: 1 }]);
  });

  it.each([
    ["handed in again as it was", MEND],
    ["changed once more", [...MEND, { files: { "sum.js": `${MENDED}// once more\n` } }]],
  ])("lists what stays open after the last round in the draft, of a change %s", async (_, codes) => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings: { reviewRounds: 1 } });

    const report = await drive(
      { repository, plane },
      new MockAgent({ codes, verdicts: REJECT_ONCE.slice(0, 1) }),
    );

    expect(report).toMatchObject({ outcome: "approved" });
    expect(plane.results[0]).toMatchObject({
      kind: "approved",
      verdict: { findings: [{ severity: "major", why: "The case is not handled." }] },
    });
    expect(plane.changeSets).toHaveLength(codes.length);
  });

  it("proposes nothing in which the critic still sees a blocker", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings: { reviewRounds: 1 } });
    const codes = [...MEND, { files: { "sum.js": `${MENDED}// once more\n` } }];
    const blocker = {
      path: null,
      line: null,
      severity: "blocker",
      why: "It loses data.",
      wanted: "Keep it.",
    } as const;
    const verdict = { approved: false, summary: "No.", findings: [blocker] };
    const verdicts: ReviewOutcome[] = [{ kind: "reviewed", verdict }];

    const report = await drive({ repository, plane }, new MockAgent({ codes, verdicts }));

    expect(report).toMatchObject({ outcome: "failed", reason: "not_approved_by_critic" });
    expect(report.detail).toContain("It loses data.");
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

  it("uploads what a real loop had written when its money ran out over the wire, once told to wrap up", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const model = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
    cleanups.push(() => model.stop());
    const step = (name: string, input: object, output_tokens: number) => ({
      toolCalls: [{ id: `call_${output_tokens}`, name, arguments: JSON.stringify(input) }],
      usage: { input_tokens: 100, output_tokens },
    });
    // Of one dollar: 0.9, then 0.3.
    const answers = [
      step("write", { path: "sum.js", content: MENDED }, 90_000),
      step("read", { path: "sum.js" }, 30_000),
    ];
    model.addFixture({ match: {}, response: () => answers.shift() ?? { content: "More?" } });
    await model.start();
    const choice = { provider: "anthropic", model: "claude-sonnet-5" } as const;
    const endpoint = { baseURL: model.url, apiKey: "none" };
    const agent = createOpenAgent({
      models: { planner: choice, coder: choice, critic: choice },
      endpoints: { anthropic: endpoint, openai: endpoint },
    });

    const report = await drive({ repository, plane }, agent);

    expect(report).toMatchObject({ outcome: "failed", reason: "budget_exhausted", costMicroUsd: 1_200_400 });
    expect(report.detail).toContain("The unfinished work was kept");
    expect(JSON.stringify(model.journal.getAll()[1]?.body)).toContain("Wrap up now");
    expect(model.journal.getAll()).toHaveLength(2);
    expect(plane.changeSets[0]?.changeSet).toMatchObject({
      title: "Partial: Mend the sum",
      files: [{ path: "sum.js" }],
    });
  });

  it("says that a change was kept when the critic's money runs out", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const verdicts: ReviewOutcome[] = [
      { kind: "stopped", reason: "budget_exhausted", detail: "The budget is used up." },
    ];

    const report = await drive({ repository, plane }, new MockAgent({ codes: MEND, verdicts }));

    expect(report).toMatchObject({ outcome: "failed", reason: "budget_exhausted" });
    expect(report.detail).toContain("nobody has reviewed it");
    expect(plane.changeSets).toHaveLength(1);
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

  it("does not take what setup and checks leave behind for a change", async () => {
    const setup = ["echo cache > made-by-setup.txt"];
    const checks = ["date +%N >> made-by-check.txt"];
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings: { setup, checks } });

    await drive({ repository, plane }, new MockAgent({ codes: MEND }));

    const paths = plane.changeSets[0]?.changeSet.files.map(({ path }) => path);
    expect(paths).toEqual(["sum.js", "sum.test.js"]);
  });
});
