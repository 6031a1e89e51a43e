import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
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
      // Whatever the machine offers; that less is refused has a test of its own.
      sandbox: "process",
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

/** An environment in which git finds nobody's name. */
async function worldWithout(...names: string[]) {
  const made = await world();
  const home = await mkdtemp(join(made.directory, "home-"));
  const base = { ...baseEnv(), HOME: home };
  expect(Object.keys(base).filter((name) => names.includes(name))).toEqual([]);
  const { recording } = made;
  const model = {
    anthropicKey: "none",
    anthropicUrl: recording.url,
    openaiKey: undefined,
    openaiUrl: undefined,
  };
  return { ...made, world: { base, model, githubToken: undefined } };
}

describe("aicd run", { timeout: 60_000 }, () => {
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

  it("spends nothing where commands cannot be shut in, and says what to do", async () => {
    const { directory, recording, run, output, world } = await worldWithout();
    const bin = join(directory, "bin");
    await mkdir(bin);
    await symlink(execFileSync("sh", ["-c", "command -v git"]).toString().trim(), join(bin, "git"));

    const env = { ...world, base: { ...world.base, PATH: bin } };
    expect(await run({ env, sandbox: undefined }), output()).toBe(1);

    expect(output()).toMatch(/bubblewrap is not installed.*--sandbox process/);
    expect(recording.unmatched()).toEqual([]);
  });

  it("changes nothing when there is nobody to accept the plan", async () => {
    const { git, run, output } = await world();

    const exitCode = await run({ yes: false });

    expect(exitCode).toBe(1);
    expect(output()).toContain("add --yes to accept the plan");
    expect(git("branch", "--list", "aicd/*")).toBe("");
  });

  it("K4: commits in a name of its own where git knows nobody, and says so", async () => {
    const { git, run, output, world } = await worldWithout("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME");
    git("config", "user.useConfigOnly", "true");

    expect(await run({ env: world }), output()).toBe(0);

    expect(git("log", "-1", "--format=%an <%ae>", "aicd/settle-fails-with-balances-do-not-add-up")).toBe(
      "aicd <aicd@localhost>",
    );
    expect(output()).toContain("git config --global user.name");
  });

  it("makes the branch beside one that is called as our folder", async () => {
    const { git, run, output } = await world();
    git("branch", "aicd");

    expect(await run(), output()).toBe(0);

    expect(git("branch", "--list", "aicd-*")).toContain("aicd-settle-fails-with-balances-do-not-add-up");
  });

  it.each([
    ["no repository", async (place: string) => place, "is not a git repository. Name one with --repo"],
    [
      "a repository without a commit",
      async (place: string) => {
        execFileSync("git", ["init", "--quiet", "--initial-branch=trunk", place]);
        return place;
      },
      "has no commit on trunk to start from. Commit something first",
    ],
  ])("says of %s what to do", async (_what, make, words) => {
    const { directory, run } = await world();
    const repo = await make(await mkdtemp(join(directory, "odd-")));

    await expect(run({ repo })).rejects.toThrow(words);
  });

  it("works in the repository around the folder it is given", async () => {
    const { repo, run, output } = await world();

    expect(await run({ repo: join(repo, "src") }), output()).toBe(0);
  });

  it("K6: reads the settings in either spelling of their name, and names the file that is wrong", async () => {
    const { git, repo, run } = await world();
    git("rm", "--quiet", ".github/aicd.yml");
    const put = async (name: string, text: string) => {
      await writeFile(join(repo, ".github", name), text);
      git("add", "--all");
      git("commit", "--quiet", "--message", name);
    };

    await put("aicd.yaml", "nonsense: 1\n");
    await expect(run()).rejects.toThrow(/\.github\/aicd\.yaml is not valid:\n- unknown key `nonsense`/);

    await put("aicd.yml", "budgetUsd: 1\n");
    await expect(run()).rejects.toThrow(".github/aicd.yaml and .github/aicd.yml are both there; delete one.");
  });

  it("bounds a title and a body of any size", async () => {
    const { directory, run, output } = await world();
    const issue = join(directory, "huge.md");
    await writeFile(issue, `# ${"title ".repeat(1_000_000)}\n\n${"body ".repeat(1_000_000)}`);

    await run({ issue });

    expect(output().length).toBeLessThan(20_000);
  });

  it.each([
    [{ issue: "no-such-file.md" }, "cannot be read"],
    [{ issue: "#12" }, "needs an origin on GitHub"],
    [{ repo: "no/such/place" }, "no/such/place"],
    [{ repo: "no/such/place" }, "is not there. Name a folder"],
    [{ provider: "openai" }, "OPENAI_API_KEY is not set"],
  ])("says what is wrong with %o", async (overrides, words) => {
    const { run } = await world();

    await expect(run(overrides)).rejects.toThrow(words);
  });
});
