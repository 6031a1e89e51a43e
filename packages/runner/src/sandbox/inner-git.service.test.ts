import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PATH } from "../testing/env.ts";
import { hasBwrap, WITHOUT_BWRAP } from "../testing/levels.ts";
import { createSandbox } from "./sandbox.ts";

let directory = "";
const workspaceDir = () => join(directory, "workspace");
const git = (...args: string[]) => execFileSync("git", args, { cwd: workspaceDir() }).toString().trim();

beforeEach(async ({ skip }) => {
  skip(!hasBwrap(), WITHOUT_BWRAP);
  directory = await realpath(await mkdtemp(join(tmpdir(), "aicd-git-")));
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", workspaceDir()]);
  git("config", "user.name", "Ada");
  git("config", "user.email", "ada@example.com");
  await writeFile(join(workspaceDir(), "a.txt"), "one\n");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function shell(command: string) {
  const sandbox = await createSandbox({
    workspaceDir: workspaceDir(),
    tempDir: join(directory, "temp"),
    path: PATH,
    demanded: "bwrap",
  });
  return sandbox.run(["/bin/sh", "-c", command], { timeoutMs: 20_000 });
}

describe("git inside", () => {
  it("has the history, the branch and the index of the checkout", async () => {
    git("mv", "a.txt", "b.txt");
    const { output, exitCode } = await shell(
      "git log --format=%s; git rev-parse --abbrev-ref HEAD; git status --porcelain; git show HEAD:a.txt",
    );

    expect({ exitCode, output }).toEqual({ exitCode: 0, output: "first\nmain\nR  a.txt -> b.txt\none\n" });
  });

  it("takes commits, branches, hooks and settings, of which the checkout keeps nothing", async () => {
    const before = git("rev-parse", "HEAD");
    const config = await readFile(join(workspaceDir(), ".git", "config"), "utf8");

    const { output, exitCode } = await shell(
      [
        "git config user.name Eve && git config user.email e@example.com",
        "git config core.fsmonitor 'touch ../escaped' && git config --unset core.fsmonitor",
        "git config filter.x.clean 'touch ../escaped'",
        "mkdir -p .git/hooks && echo 'exit 0' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit",
        "git checkout -q -b evil && echo two > a.txt && git commit -qam second && git log --format=%s | wc -l",
      ].join(" && "),
    );

    expect({ exitCode, output: output.trim() }).toEqual({ exitCode: 0, output: "2" });
    expect(git("rev-parse", "HEAD")).toBe(before);
    expect(git("branch", "--list", "evil")).toBe("");
    expect(await readFile(join(workspaceDir(), ".git", "config"), "utf8")).toBe(config);
    expect(existsSync(join(workspaceDir(), ".git", "hooks", "pre-commit"))).toBe(false);
    expect(existsSync(join(workspaceDir(), ".git", "objects", "info", "alternates"))).toBe(false);
  });

  it("knows where the repository comes from, and no password to it", async () => {
    git("remote", "add", "origin", "https://x-access-token:canary@github.com/acme/sums.git");
    git("config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic canary");
    git("config", "credential.helper", "!echo canary");

    const { output } = await shell("git remote get-url origin; cat .git/config; git config --list");

    expect(output).toMatch(/^https:\/\/github\.com\/acme\/sums\.git$/m);
    expect(output).not.toMatch(/canary|Ada/);
  });

  it("cannot turn the `.git` of a linked work tree elsewhere", async () => {
    const linked = join(directory, "linked");
    git("worktree", "add", "--quiet", linked);
    const sandbox = await createSandbox({
      workspaceDir: linked,
      tempDir: join(directory, "temp2"),
      path: PATH,
      demanded: "bwrap",
    });

    const { exitCode } = await sandbox.run(["/bin/sh", "-c", "echo 'gitdir: /tmp/evil' > .git"], {
      timeoutMs: 20_000,
    });

    expect(exitCode).not.toBe(0);
    expect((await stat(join(linked, ".git"))).isFile()).toBe(true);
    expect(await readFile(join(linked, ".git"), "utf8")).toContain("worktrees");
  });
});
