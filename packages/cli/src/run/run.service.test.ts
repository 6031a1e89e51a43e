import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { baseEnv } from "../env.ts";
import { example, startRecording } from "../example/index.ts";
import { runLocally } from "./run.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function world() {
  const directory = await mkdtemp(join(tmpdir(), "aicd-run-test-"));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  const repo = join(directory, "fairshare");
  await cp(example.repositoryDirectory, repo, { recursive: true });
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  const git = (...args: string[]) =>
    execFileSync("git", [...identity, ...args], { cwd: repo })
      .toString()
      .trim();
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "start");
  const issue = join(directory, "issue.md");
  await writeFile(issue, `# ${example.issueTitle}\n\n${example.issueBody}\n`);
  const recording = await startRecording();
  cleanups.push(() => recording.stop());
  let output = "";
  const run = (overrides: object = {}) =>
    runLocally({
      repo,
      issue,
      yes: true,
      directory,
      ask: undefined,
      env: {
        base: {
          ...baseEnv(),
          GIT_AUTHOR_NAME: "Test",
          GIT_AUTHOR_EMAIL: "t@example.com",
          GIT_COMMITTER_NAME: "Test",
          GIT_COMMITTER_EMAIL: "t@example.com",
        },
        model: {
          anthropicKey: "none",
          anthropicUrl: recording.url,
          openaiKey: undefined,
          openaiUrl: undefined,
        },
        githubToken: undefined,
      },
      write: (text) => {
        output += text;
      },
      signal: new AbortController().signal,
      ...overrides,
    });
  return { directory, repo, git, recording, run, output: () => output };
}

describe("aicd run", () => {
  it("turns an issue into a branch whose tests pass, and leaves the working tree alone", async () => {
    const { directory, repo, git, recording, run, output } = await world();

    const exitCode = await run();

    expect(exitCode, output()).toBe(0);
    expect(recording.unmatched()).toEqual([]);
    expect(git("status", "--porcelain")).toBe("");
    expect(git("branch", "--show-current")).toBe("main");
    const branch = "aicd/settle-fails-with-balances-do-not-add-up";
    const checkout = join(directory, "checkout");
    git("worktree", "add", "--quiet", checkout, branch);
    execFileSync("node", ["--test"], { cwd: checkout, stdio: "ignore" });
    expect(git("diff", "--name-only", "main", branch).split("\n")).toContain("src/split.js");
    const [patch = ""] = (await readdir(directory)).filter((name) => name.endsWith(".patch"));
    expect(await readFile(join(directory, patch), "utf8")).toContain(
      "Subject: [PATCH] Split amounts without losing cents",
    );
    expect(output()).toContain("The critic sends it back");
    expect(output()).toMatch(/\$\d\.\d\d · [\d,]+ tokens in, \d+ % of them cached · [\d,]+ out/);
    expect(await readFile(join(repo, "src/split.js"), "utf8")).toContain("Math.round");
  });

  it("changes nothing when there is nobody to accept the plan", async () => {
    const { git, run, output } = await world();

    const exitCode = await run({ yes: false });

    expect(exitCode).toBe(1);
    expect(output()).toContain("add --yes to accept the plan");
    expect(git("branch", "--list", "aicd/*")).toBe("");
  });

  it.each([
    [{ issue: "no-such-file.md" }, "cannot be read"],
    [{ issue: "#12" }, "needs an origin on GitHub"],
    [{ repo: "no/such/place" }, "no/such/place"],
    [{ provider: "openai" }, "OPENAI_API_KEY is not set"],
  ])("says what is wrong with %o", async (overrides, words) => {
    const { run } = await world();

    await expect(run(overrides)).rejects.toThrow(words);
  });
});
