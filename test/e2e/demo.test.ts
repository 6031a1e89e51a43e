import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { nextState, TASK_TRIGGERS, type TaskState } from "@aicd/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { startRecording } from "../../packages/cli/src/example/index.ts";

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, "../../packages/cli/src/main.ts");
const RECORDING = join(import.meta.dirname, "../fixtures/greeter.recording.json");

type Summary = { outcome: string; commits: number; states: TaskState[]; branch: string; costUsd: number };

async function demo(args: string[], env: Record<string, string> = {}): Promise<Summary> {
  const base = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const { stdout } = await run(process.execPath, [MAIN, "demo", "--json", ...args], {
    env: { ...base, ...env },
    maxBuffer: 50_000_000,
  });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Summary;
}

function expectOrderOfTheTable(states: TaskState[]): void {
  for (const [index, from] of states.slice(0, -1).entries()) {
    const to = states[index + 1];
    const reachable = TASK_TRIGGERS.map((trigger) => nextState(from, trigger, { hasPullRequest: true }));
    expect(reachable, `${from} → ${to}`).toContain(to);
  }
}

describe("aicd demo", () => {
  it("turns the bundled issue into a merged pull request, offline", async () => {
    const summary = await demo([]);

    expect(summary).toMatchObject({ outcome: "merged", commits: 2 });
    expect(summary.branch).toMatch(/^aicd\/issue-1-/);
    expect(summary.costUsd).toBeGreaterThan(0);
    expectOrderOfTheTable(summary.states);
    expect(summary.states.filter((state) => state === "REVIEWING")).toHaveLength(3);
  });

  it.each(["openai", "anthropic"])("takes somebody's own repository and an %s server", async (format) => {
    const directory = await mkdtemp(join(tmpdir(), "aicd-own-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const repo = await makeRepository(join(directory, "greeter"));
    const issue = join(directory, "issue.md");
    await writeFile(issue, "# greet() without a name says undefined\n\nIt should be polite to strangers.\n");
    const model = await startRecording({ fixturesPath: RECORDING });
    onTestFinished(() => model.stop());

    const summary = await demo(
      ["--repo", repo, "--issue", issue],
      format === "openai"
        ? { OPENAI_API_KEY: "k", OPENAI_BASE_URL: `${model.url}/v1` }
        : { ANTHROPIC_API_KEY: "k", ANTHROPIC_BASE_URL: model.url },
    );

    expect(model.unmatched()).toEqual([]);
    expect(summary).toMatchObject({ outcome: "merged", commits: 1 });
    expect(summary.costUsd).toBeGreaterThan(0);
  });

  it("says what is missing before it starts anything", async () => {
    const asked = run(process.execPath, [MAIN, "demo", "--repo", ".", "--issue", "x.md"], {
      env: { PATH: process.env.PATH ?? "" },
    });

    await expect(asked).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("ANTHROPIC_API_KEY"),
    });
  });
});

async function makeRepository(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, "greet.js"),
    'export function greet(name) {\n  return ["Hello, ", name, "!"].join("");\n}\n',
  );
  await writeFile(
    join(directory, "package.json"),
    JSON.stringify({ name: "greeter", type: "module", scripts: { test: "node --test" } }),
  );
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: directory });
  await git("init", "--quiet", "--initial-branch", "trunk");
  await git("add", ".");
  await git("commit", "--quiet", "-m", "Begin");
  return directory;
}
