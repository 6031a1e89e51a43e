import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { example, startRecording } from "../../packages/cli/src/example/index.ts";

const run = promisify(execFile);
const CI = `name: CI
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: actions/setup-node@v6
        with: { node-version: 24 }
      - run: node --test
`;

export type Journey = {
  init: string;
  workflow: string;
  branches: string[];
  patches: string[];
  changed: string;
};

/**
 * What a stranger does: a clone of a repository with a CI of its own, `aicd init`, and an issue worked on against a
 * model server, by the published program alone.
 *
 * @param program how to start it, e.g. `["/usr/bin/node", "…/dist/aicd.js"]`
 * @param directory an empty one; everything happens in it
 */
export async function travel(program: readonly string[], directory: string): Promise<Journey> {
  const clone = makeClone(directory);
  const recording = await startRecording();
  const [file = "", ...first] = program;
  const aicd = async (...args: string[]) => {
    const { stdout } = await run(file, [...first, ...args], {
      cwd: directory,
      env: {
        PATH: `${dirname(file)}:/usr/local/bin:/usr/bin:/bin`,
        HOME: directory,
        ANTHROPIC_API_KEY: "recorded",
        ANTHROPIC_BASE_URL: recording.url,
        ...NAMES,
      },
    });
    return stdout;
  };
  try {
    const init = await aicd("init", "--repo", "fairshare");
    const workflow = git(clone, "diff", "--no-index", "/dev/null", ".github/workflows/aicd.yml");
    git(clone, "add", "--all");
    git(clone, "commit", "--quiet", "--message", "Add AI-CD");
    await aicd("run", "--repo", "fairshare", "--issue", "issue.md", "--yes", "--sandbox", "process");
    const branches = git(clone, "branch", "--format=%(refname:short)").split("\n");
    const branch = branches.find((name) => name.startsWith("aicd/")) ?? "";
    const patches = readdirSync(directory).filter((name) => name.endsWith(".patch"));
    return { init, workflow, branches, patches, changed: git(clone, "diff", "--stat", "main", branch) };
  } finally {
    await recording.stop();
  }
}

const NAMES = {
  GIT_AUTHOR_NAME: "Mona",
  GIT_AUTHOR_EMAIL: "mona@example.com",
  GIT_COMMITTER_NAME: "Mona",
  GIT_COMMITTER_EMAIL: "mona@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

function makeClone(directory: string): string {
  const origin = join(directory, "origin");
  cpSync(example.repositoryDirectory, origin, { recursive: true });
  // What `aicd init` is to write.
  for (const path of [".github/workflows/aicd.yml", ".github/aicd.yml"]) rmSync(join(origin, path));
  mkdirSync(join(origin, ".github/workflows"), { recursive: true });
  writeFileSync(join(origin, ".github/workflows/ci.yml"), CI);
  writeFileSync(join(directory, "issue.md"), `# ${example.issueTitle}\n\n${example.issueBody}\n`);
  git(origin, "init", "--quiet", "--initial-branch=main");
  git(origin, "add", "--all");
  git(origin, "commit", "--quiet", "--message", "start");
  git(directory, "clone", "--quiet", origin, "fairshare");
  return join(directory, "fairshare");
}

/** `diff --no-index` ends with 1 where there is a difference. */
function git(cwd: string, ...args: string[]): string {
  try {
    return execFileSync("git", args, {
      cwd,
      env: { ...process.env, ...NAMES },
      stdio: ["ignore", "pipe", "pipe"],
    })
      .toString()
      .trim();
  } catch (error) {
    const { status, stdout } = error as { status?: number; stdout?: Buffer };
    if (status === 1 && args[0] === "diff") return stdout?.toString() ?? "";
    throw error;
  }
}
