import { execFile, execFileSync, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { baseEnv } from "../../packages/cli/src/env.ts";
import { checkOut } from "../bench/agent/checkout.ts";
import { readOptions } from "../bench/agent/options.ts";
import type { Row } from "../bench/agent/row.ts";
import { type Recording, readRecording, startTape } from "../bench/agent/tape.ts";
import { readTasks, type Task } from "../bench/agent/task.ts";

const ROOT = join(import.meta.dirname, "../..");
const TASKS = join(ROOT, "test/fixtures/agent-tasks");
const TASK = "ts-page-cursor";
/** A second one, of the same length in steps, in another language where there is one. */
const OTHER = hasPython() ? "py-log-offsets" : "ts-retry-after";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Output = { code: number; stdout: string; stderr: string };
type Report = { solved: number; sum: Record<string, number>; tasks: Row[] };

function hasPython(): boolean {
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    // Not installed.
    return false;
  }
}

/** An npm script as a user starts it, without any key of the machine. */
function npm(script: string, args: string[], env: Record<string, string> = {}): Promise<Output> {
  return new Promise((resolve) => {
    execFile(
      "npm",
      ["run", "--silent", script, "--", ...args],
      { cwd: ROOT, env: { ...baseEnv(), ...env } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

async function bench(args: string[], env?: Record<string, string>): Promise<Report> {
  const { code, stdout, stderr } = await npm("bench:agent", [...args, "--json"], env);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "aicd-bench-test-"));
  cleanups.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** A copy of the bundled task, to be spoiled. */
async function copyTask(into: string, name: string): Promise<string> {
  const copy = join(into, name);
  await cp(join(TASKS, TASK), copy, { recursive: true });
  return copy;
}

/** A vendor on a real port that answers as recorded; \`change\` makes it answer otherwise. */
async function startVendor(change: (recording: Recording) => void = () => undefined) {
  const recording = await readRecording(join(TASKS, TASK, "recording.claude.json"));
  change(recording);
  const tape = await startTape(recording);
  cleanups.push(() => tape.stop());
  return { recording, tape, env: { ANTHROPIC_BASE_URL: tape.url, ANTHROPIC_API_KEY: "sk-ant-canary" } };
}

/** Another change than the one recorded, which the repository's own tests let through. */
function misjudge({ answers }: Recording): void {
  const at = answers.findIndex(({ toolCalls }) => toolCalls.some(({ name }) => name === "submit_change"));
  const coded = answers[at];
  if (coded === undefined) throw new Error("nothing is handed in");
  for (const { arguments: input } of coded.toolCalls) {
    if (input.new === "compareRows(row, cursor) > 0") input.new = "compareRows(row, cursor) > 1";
  }
  coded.toolCalls = coded.toolCalls.filter(({ arguments: { path } }) => !String(path).startsWith("test/"));
  // Asked for the tests it has not, it stays with what it did.
  const stays = coded.toolCalls.slice(-1).map((call) => ({ ...call, id: "toolu_stays" }));
  answers.splice(at + 1, 0, { ...coded, turn: coded.turn + 1, toolCalls: stays });
  // Unproven, it comes before the critic, who is deceived as well.
  const review = { approved: true, summary: "It looks right.", findings: [] };
  const toolCalls = [{ id: "toolu_review", name: "submit_review", arguments: review }];
  answers.push({ ...coded, to: "You are the critic of AI-CD.", turn: 0, toolCalls });
}

describe("npm run bench:agent", () => {
  it.each(["claude", "openai"])("replays bundled tasks as %s and finds them solved", async (agent) => {
    const { solved, sum, tasks } = await bench([
      "--tasks",
      TASKS,
      "--agent",
      agent,
      ...["--only", TASK, "--only", OTHER],
    ]);

    expect(tasks.map(({ name, reason, mode }) => ({ name, reason, mode }))).toEqual(
      [OTHER, TASK].sort().map((name) => ({ name, reason: null, mode: "replayed" })),
    );
    expect(solved).toBe(2);
    expect(sum).toMatchObject({ tasks: 2, solved: 2, steps: OTHER === "py-log-offsets" ? 3 + 2 : 2 + 2 });
    for (const key of ["tokensIn", "tokensOut", "tokensCached", "costUsd", "wallMs"]) {
      expect(sum[key], key).toBeGreaterThan(0);
    }
    expect(sum.cacheHitShare).toBeGreaterThan(0.2);
  });

  it("asks a live model when it is given one, and counts money whatever comes of it", async () => {
    const { env } = await startVendor();

    const { tasks } = await bench(["--tasks", join(TASKS, TASK), "--budget-usd", "0.005"], env);

    expect(tasks).toMatchObject([
      { mode: "live", solved: false, outcome: "failed", reason: "budget_exhausted", checkPassed: null },
    ]);
    expect(tasks[0]?.costUsd).toBeGreaterThan(0.005);
  });

  it("finds a wrong change unsolved, by a check the agent never sees", async () => {
    const { env } = await startVendor(misjudge);

    const { tasks } = await bench(["--tasks", join(TASKS, TASK)], env);

    expect(tasks).toMatchObject([
      { solved: false, outcome: "approved", reason: "check_failed", checkPassed: false },
    ]);
    expect(tasks[0]?.changedFiles).toEqual(["src/paginate.ts"]);
  });

  it("answers a question with the wish to decide, and counts what the question cost", async () => {
    const questions = ["Should I?"];
    const { env } = await startVendor(({ answers }) => {
      const first = answers[0] as (typeof answers)[number];
      answers.unshift({ ...first, toolCalls: [{ id: "toolu_ask", name: "ask", arguments: { questions } }] });
    });

    const { tasks } = await bench(["--tasks", join(TASKS, TASK)], env);

    expect(tasks).toMatchObject([{ solved: true, outcome: "approved", steps: 3 }]);
  });

  it("reports what it has when a person stops it", async () => {
    const silent = createServer(() => child.kill("SIGINT"));
    cleanups.push(async () => silent.closeAllConnections());
    cleanups.push(async () => silent.close());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const env = { ...baseEnv(), ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` };
    const args = [join(ROOT, "test/bench/agent.ts"), "--tasks", join(TASKS, TASK), "--json"];
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "ignore"] });

    const stdout = await text(child.stdout);

    expect(JSON.parse(stdout)).toMatchObject({ solved: 0, tasks: [{ name: TASK, outcome: "interrupted" }] });
  });

  it("says of a replay that it went another way than recorded", async () => {
    const tasks = await directory();
    const file = join(await copyTask(tasks, "one"), "recording.claude.json");
    const recording: Recording = JSON.parse(await readFile(file, "utf8"));
    recording.answers.splice(1, 1);
    await writeFile(file, JSON.stringify(recording));

    const report = await bench(["--tasks", tasks]);

    expect(report.tasks).toMatchObject([{ solved: false, reason: "replay_diverged" }]);
    expect(report.tasks[0]?.detail).toMatch(/Answer 2 to "You are the engineer.* was asked/);
  });

  it("tells of bad folders and goes on with the others", async () => {
    const tasks = await directory();
    await mkdir(join(tasks, "a-empty"));
    await writeFile(join(await copyTask(tasks, "b-garbage"), "repo.bundle"), "no bundle");
    await writeFile(
      join(await copyTask(tasks, "c-other-base"), "base"),
      "0123456789abcdef0123456789abcdef01234567",
    );
    await writeFile(join(await copyTask(tasks, "d-odd-base"), "base"), "--upload-pack=touch /tmp/x");
    await writeFile(join(await copyTask(tasks, "e-no-issue"), "issue.md"), "\n");
    await rm(join(await copyTask(tasks, "f-no-model"), "recording.bash.json"));
    await writeFile(
      join(await copyTask(tasks, "g-no-tool"), "check.sh"),
      "#!/bin/sh\n# needs: no-such-program\n",
    );
    await rm(join(await copyTask(tasks, "h-check-breaks"), "hidden.test.ts"));
    await copyTask(tasks, "i-good");

    const { solved, tasks: rows } = await bench(["--tasks", tasks, "--agent", "bash"]);

    expect(solved).toBe(1);
    expect(rows.map(({ name, reason, detail }) => `${name} ${reason}: ${detail}`)).toEqual([
      expect.stringMatching(/^a-empty bad_task: The folder lacks repo.bundle, base, issue.md, check.sh\.$/),
      expect.stringMatching(/^b-garbage bad_task: .*bundle/),
      expect.stringMatching(/^c-other-base bad_task: The commit 0123456789\w+ of `base` is not in/),
      expect.stringMatching(/^d-odd-base bad_task: `base` does not hold a commit id\.$/),
      expect.stringMatching(/^e-no-issue bad_task: `issue.md` is empty\.$/),
      expect.stringMatching(/^f-no-model no_model: No model: set ANTHROPIC_API_KEY/),
      expect.stringMatching(/^g-no-tool needs_tool: Its check.sh needs no-such-program on PATH\.$/),
      expect.stringMatching(/^h-check-breaks check_failed: .*hidden\.test\.ts/s),
      expect.stringMatching(/^i-good null: /),
    ]);
  });

  it.each([
    [["--tasks", TASKS, "--agent", "gemini"], "--agent is one of claude, openai, mock, bash."],
    [["--against", "nobody"], "--against is one of claude, openai, mock, bash."],
    [["--tasks", TASKS, "--budget-usd", "much"], "--budget-usd takes dollars"],
    [["--tasks", TASKS, "--fast"], "'--fast'"],
  ])("refuses %o and says what to write instead", (args, words) => {
    expect(() => readOptions(args)).toThrow(words);
  });

  it.each([
    [["--tasks", "no/such/place"], "cannot be read"],
    [["--tasks", TASKS, "--only", "nothing"], "has no task nothing. It has: go-cache-evict,"],
  ])("does not start with %o, and says why beside stdout", async (args, words) => {
    const { code, stdout, stderr } = await npm("bench:agent", [...args, "--json"]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(words);
  });
});

describe("a task's checkout", () => {
  it("has no commit later than the base, even when the bundle has the solution", async () => {
    const folder = await directory();
    const repository = join(folder, "repository");
    const git = (...args: string[]) =>
      new Promise<string>((resolve, reject) => {
        const options = { cwd: repository, env: baseEnv() };
        const identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"];
        execFile("git", [...identity, ...args], options, (error, out) =>
          error ? reject(error) : resolve(out.trim()),
        );
      });
    await mkdir(repository);
    await git("init", "--quiet", "--initial-branch=trunk");
    await git("commit", "--quiet", "--allow-empty", "-m", "before");
    await git("commit", "--quiet", "--allow-empty", "-m", "base");
    const base = await git("rev-parse", "HEAD");
    await git("commit", "--quiet", "--allow-empty", "-m", "the solution");
    await git("bundle", "create", "--quiet", join(folder, "repo.bundle"), "--all");
    for (const [name, text] of Object.entries({ base: base.slice(0, 10), "issue.md": "I", "check.sh": "" })) {
      await writeFile(join(folder, name), text);
    }
    const [task] = await readTasks(folder, []);

    const { git: inside, sha } = await checkOut(task as Task, join(folder, "checkout"));

    expect(sha).toBe(base);
    expect((await inside(["log", "--all", "--reflog", "--format=%s"])).split("\n")).toEqual([
      "base",
      "before",
    ]);
    await expect(inside(["cat-file", "-e", await git("rev-parse", "trunk")])).rejects.toThrow("cat-file");
  });
});

describe("npm run record", () => {
  it("keeps what a vendor answers, and nothing of the key", async () => {
    const { recording, tape } = await startVendor();
    const agent = "openai";
    const task = await copyTask(await directory(), "one");
    const file = join(task, `recording.${agent}.json`);
    await rm(file);

    const args = ["--task", task, "--agent", agent, "--model", recording.model];
    const { code, stderr } = await npm("record", args, {
      OPENAI_BASE_URL: `${tape.url}/v1`,
      OPENAI_API_KEY: "sk-canary-0123456789",
    });

    expect(code, stderr).toBe(0);
    const written = await readFile(file, "utf8");
    expect(written).not.toContain("canary");
    const { answers } = JSON.parse(written) as Recording;
    const kept = ({ to, turn, content, toolCalls }: Recording["answers"][number]) => ({
      to,
      turn,
      content,
      toolCalls,
    });
    expect(answers.map(kept)).toEqual(recording.answers.map(kept));
    for (const { tokens } of answers) {
      expect(tokens.input + tokens.cacheRead + tokens.cacheWrite).toBeGreaterThan(1_000);
    }
  });

  it("writes nothing for a run that solves nothing", async () => {
    const { env } = await startVendor(misjudge);
    const task = await copyTask(await directory(), "one");
    await rm(join(task, "recording.claude.json"));

    const { code, stderr } = await npm("record", ["--task", task], { ...env, ANTHROPIC_API_KEY: "k" });

    expect(code).toBe(1);
    expect(stderr).toContain("Nothing was recorded");
    await expect(readFile(join(task, "recording.claude.json"))).rejects.toThrow("ENOENT");
  });
});
