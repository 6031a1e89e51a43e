import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MockAgent } from "@aicd/agents";
import { type Checkpoint, checkpointKey, type FileChange, type Handover, type IAgent } from "@aicd/core";
import { afterEach, describe, expect, it } from "vitest";
import { SNAPSHOT, startPlane } from "../testing/plane.ts";
import { type Cleanups, createWorld, drive, MENDED, PLAN, TEST } from "../testing/sums.ts";

const cleanups: Cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const write = (path: string, content: string, extra: object = {}): FileChange => ({
  kind: "write",
  path,
  mode: "100644",
  baseMode: null,
  contentBase64: Buffer.from(content).toString("base64"),
  ...extra,
});

function checkpointOf(
  sha: string,
  change: Partial<Checkpoint> = {},
  plan = PLAN as typeof PLAN | null,
): Checkpoint {
  return {
    key: checkpointKey({ taskId: "tsk_1", startSha: sha, baseSha: sha, snapshot: SNAPSHOT, plan }),
    startSha: sha,
    stage: "coding",
    plan: PLAN,
    files: [write("sum.js", MENDED, { baseMode: "100644" })],
    findings: [],
    evidence: null,
    receipts: [],
    rounds: { repairsLeft: 3, reviewsLeft: 1, warned: false, rejected: null },
    learned: "said: The sum adds one too many.",
    spentMicroUsd: 100,
    ...change,
  };
}

/** A repository whose successor is given the checkpoint that `make` builds, and what its coder then saw. */
async function succeed(
  make: (sha: string) => Checkpoint,
  prepare?: (world: { origin: string }) => Promise<string>,
) {
  const { repository } = await createWorld(cleanups);
  const sha = (await prepare?.(repository)) ?? repository.sha;
  const plane = await startPlane({
    startSha: sha,
    phase: "code",
    plan: PLAN,
    checkpoint: make(sha),
    settings: { setup: [], checks: ["node --test"] },
  });
  cleanups.push(() => plane.stop());
  const seen: { handover: Handover | undefined; sum: string; left: number }[] = [];
  const code: IAgent["code"] = async (task, scope) => {
    const sum = await readFile(join(repository.workspaceDir, "sum.js"), "utf8");
    seen.push({ handover: task.handover, sum, left: task.findings.length });
    await scope.workspace.write("sum.js", MENDED);
    await scope.workspace.write("sum.test.js", TEST);
    return { kind: "coded", title: "Mend", summary: "Mended.", receipts: [] };
  };
  const report = await drive({ repository, plane }, Object.assign(new MockAgent(), { code }));
  return { report, seen, repository, plane };
}

describe("a successor", () => {
  it("finds the predecessor's files in its workspace and is told what it had learned", async () => {
    const { report, seen, plane } = await succeed((sha) => checkpointOf(sha));

    expect(seen).toEqual([
      {
        handover: { changed: ["sum.js"], learned: "said: The sum adds one too many." },
        sum: MENDED,
        left: 0,
      },
    ]);
    expect(report.outcome).toBe("approved");
    const [evidence] = plane.changeSets.map((upload) => upload.evidence);
    // The baseline is run before the work is put back: the proof stays a proof.
    expect(evidence?.before[0]?.tests).toMatchObject({ failed: 0 });
    expect(evidence?.reproduction?.[0]?.exitCode).not.toBe(0);
  });

  it("goes on with the findings that were open", async () => {
    const finding = {
      path: "sum.js",
      line: 1,
      severity: "major",
      why: "Zero.",
      wanted: "Zero too.",
    } as const;

    const { seen } = await succeed((sha) => checkpointOf(sha, { findings: [finding] }));

    expect(seen[0]?.left).toBe(1);
  });

  it.each<[string, (sha: string) => Checkpoint]>([
    ["of another task", (sha) => checkpointOf(sha, { key: "0".repeat(64) })],
    ["of a changed plan", (sha) => checkpointOf(sha, {}, { ...PLAN, title: "Another" })],
    ["of no plan yet", (sha) => checkpointOf(sha, {}, null)],
    ["of another base commit", (sha) => checkpointOf(sha, { startSha: "0".repeat(40) })],
    ["that leads out of the workspace", (sha) => checkpointOf(sha, { files: [write("../escaped", "x")] })],
    ["that writes into .git", (sha) => checkpointOf(sha, { files: [write(".git/hooks/pre-commit", "x")] })],
    ["with a symlink", (sha) => checkpointOf(sha, { files: [write("link", "/etc", { mode: "120000" })] })],
    [
      "with a new executable",
      (sha) => checkpointOf(sha, { files: [write("x.sh", "x", { mode: "100755" })] }),
    ],
    [
      "larger than a change may be",
      (sha) => checkpointOf(sha, { files: [write("big.txt", "x".repeat(5_000_000))] }),
    ],
    [
      "with one bad file among good ones",
      (sha) => checkpointOf(sha, { files: [write("sum.js", MENDED), write("../escaped", "x")] }),
    ],
  ])("starts from nothing with a checkpoint %s", async (_, make) => {
    const { seen, repository } = await succeed(make);

    expect(seen[0]).toMatchObject({ handover: undefined, sum: expect.stringContaining("+ 1") });
    expect(existsSync(join(repository.workspaceDir, "../escaped"))).toBe(false);
  });

  it("does not write through a link that the repository has", async () => {
    const { seen, repository } = await succeed(
      (sha) => checkpointOf(sha, { files: [write("sum.js", MENDED), write("out/escaped", "x")] }),
      async ({ origin }) => {
        execFileSync(
          "sh",
          ["-c", "ln -s .. out && git add -A && git -c user.name=t -c user.email=t@t commit -qm l"],
          {
            cwd: origin,
          },
        );
        return execFileSync("git", ["rev-parse", "HEAD"], { cwd: origin }).toString().trim();
      },
    );

    expect(seen[0]?.handover).toBeUndefined();
    expect(existsSync(join(repository.workspaceDir, "../escaped"))).toBe(false);
  });

  it("hands in a plan that was made and lost, without asking a model again", async () => {
    const { repository } = await createWorld(cleanups);
    const checkpoint = checkpointOf(repository.sha, { stage: "planned", files: [] }, null);
    const plane = await startPlane({ startSha: repository.sha, checkpoint });
    cleanups.push(() => plane.stop());
    const agent = Object.assign(new MockAgent(), {
      plan: () => Promise.reject(new Error("The planner was asked.")),
    });

    const report = await drive({ repository, plane }, agent);

    expect(report.outcome).toBe("planned");
    expect(plane.plans).toEqual([PLAN]);
  });
});

describe("a runner", () => {
  it("leaves its work at the control plane after a few changing steps, without what may never be published", async () => {
    const { repository, plane } = await createWorld(cleanups, { phase: "code", plan: PLAN });
    const code: IAgent["code"] = async (_task, scope) => {
      scope.report({ type: "text", text: "It adds one." });
      // The one that begins the coding has nothing yet.
      await expect.poll(() => plane.checkpoints.length, { timeout: 20_000 }).toBe(1);
      const stored = new Promise<void>((resolve) => {
        plane.onCall((route) => route === "checkpoint" && resolve());
      });
      await scope.workspace.run("ln -s /etc/passwd link", { timeoutMs: 5_000 });
      for (const path of ["a.txt", "b.txt", "c.txt"]) {
        await scope.workspace.write(path, path);
        scope.report({ type: "tool", tool: "write", detail: path, ok: true });
      }
      await stored;
      return { kind: "question", questions: ["Which sum?"] };
    };

    await drive({ repository, plane }, Object.assign(new MockAgent(), { code }));

    const last = plane.checkpoints.at(-1);
    expect(last?.files.map(({ path }) => path)).toEqual(["a.txt", "b.txt", "c.txt"]);
    expect(last?.learned).toBe("said: It adds one.\nwrite a.txt\nwrite b.txt\nwrite c.txt");
    expect(last?.key).toBe(checkpointOf(repository.sha).key);
  });

  it("works on when checkpoints are not taken", async () => {
    const { repository, plane } = await createWorld(cleanups, { phase: "code", plan: PLAN });
    plane.fail("checkpoint", 400, 503, 500);

    const report = await drive(
      { repository, plane },
      new MockAgent({ codes: [{ files: { "sum.js": MENDED, "sum.test.js": TEST } }] }),
    );

    expect(report.outcome).toBe("approved");
  });
});
