import { execFile, execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { MockAgent } from "@aicd/agents";
import { type IAgent, planHash, snapshotDigest } from "@aicd/core";
import { afterEach, describe, expect, it } from "vitest";
import { type GrantInput, SNAPSHOT, startPlane, type TestPlane } from "./testing/plane.ts";
import { type Cleanups, createWorld, drive, MEND, MENDED, PLAN } from "./testing/sums.ts";

const cleanups: Cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const execute = promisify(execFile);
const git = (...args: string[]) => execute("git", args);
const world = (grant: Partial<GrantInput> = {}) => createWorld(cleanups, grant);

const question = { kind: "question" as const, questions: ["Which sum?"] };

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

  it.each(["events", "result"])(
    "has planned, although the server hears no more of it in its %s",
    async (_route) => {
      const { repository, plane } = await world();
      let planned = false;
      plane.onCall((called) => {
        if (planned && called === "result") plane.fence();
        planned ||= called === "plan";
      });

      const report = await drive(
        { repository, plane },
        new MockAgent({ plans: [{ kind: "planned", plan: PLAN }] }),
      );

      expect(report).toMatchObject({ outcome: "planned", planHash: expect.any(String) });
    },
  );

  it("goes on to code under the same lease when the plan is accepted at once", async () => {
    const { repository, plane } = await world({ auto: true });

    const report = await drive({ repository, plane }, new MockAgent({ codes: MEND }));

    expect(report.outcome).toBe("approved");
    expect(plane.calls.filter((call) => call !== "events")).toEqual(["lease", "plan", "changeset", "result"]);
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
    // Nobody wants more of it, but what there is was paid for.
    expect(plane.checkpoints.at(-1)?.files.map(({ path }) => path)).toEqual(["sum.js"]);
    expect(report.patch?.toString()).toContain(`+${MENDED.trim()}`);
  });

  it("leaves what was written as a patch that git takes, when the agent breaks", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN });
    const binary = Buffer.from([0, 255, 1, 254]);
    const code: IAgent["code"] = async (_task, scope) => {
      await scope.workspace.write("sum.js", MENDED);
      await scope.workspace.write("new dir/a.txt", "no newline");
      await writeFile(join(repository.workspaceDir, "icon.png"), binary);
      throw new Error("The agent fell over.");
    };

    const report = await drive({ repository, plane }, Object.assign(new MockAgent(), { code }));

    expect(report).toMatchObject({ outcome: "failed", reason: "internal_error" });
    const patch = join(repository.tempDir, "work.patch");
    await writeFile(patch, report.patch ?? "");
    const clone = join(repository.tempDir, "clone");
    await git("clone", "--quiet", repository.workspaceDir, clone);
    await git("-C", clone, "apply", "--index", patch);
    expect(await readFile(join(clone, "sum.js"), "utf8")).toBe(MENDED);
    expect(await readFile(join(clone, "new dir/a.txt"), "utf8")).toBe("no newline");
    expect(await readFile(join(clone, "icon.png"))).toEqual(binary);
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

    const report = await drive({ repository, plane }, new MockAgent({ codes: MEND }));

    expect(report.outcome).toBe("approved");
    expect(plane.changeSets).toHaveLength(1);
  });

  it("delivers its result even when its events are not taken", async () => {
    const { repository, plane } = await world({ phase: "plan" });
    plane.fail("events", ...Array.from({ length: 50 }, () => 400));

    const report = await drive({ repository, plane }, new MockAgent({ plans: [question] }));

    expect(report.outcome).toBe("question");
    expect(plane.results).toEqual([question]);
  });

  it("refuses to start below the demanded sandbox", async () => {
    const { repository, plane } = await world({ phase: "code", plan: PLAN, settings: { sandbox: "bwrap" } });
    const bare = join(repository.tempDir, "bin");
    await mkdir(bare);
    await symlink(execFileSync("sh", ["-c", "command -v git"]).toString().trim(), join(bare, "git"));

    const report = await drive({ repository, plane }, new MockAgent(), { path: bare });

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
