import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { PATH } from "./env.ts";

const run = promisify(execFile);

export type TestRepository = {
  /** Where the "remote" is. */
  origin: string;
  /** A fresh clone, as the checkout step leaves it. */
  workspaceDir: string;
  tempDir: string;
  sha: string;
  git(...args: string[]): Promise<string>;
  /** Commits files to the remote and answers the new commit; the clone does not know of it. */
  commit(files: Record<string, string>): Promise<string>;
};

const IDENTITY = {
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

/** A real repository with a clone, in a directory of its own. */
export async function createRepository(files: Record<string, string>): Promise<TestRepository> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "aicd-runner-")));
  const origin = join(root, "origin");
  const workspaceDir = join(root, "workspace");
  const tempDir = join(root, "temp");
  await Promise.all([mkdir(origin), mkdir(tempDir)]);

  async function git(cwd: string, ...args: string[]): Promise<string> {
    const { stdout } = await run("git", args, { cwd, env: { ...IDENTITY, PATH, HOME: root } });
    return stdout.trim();
  }

  async function commit(changed: Record<string, string>): Promise<string> {
    for (const [name, content] of Object.entries(changed)) {
      await mkdir(dirname(join(origin, name)), { recursive: true });
      await writeFile(join(origin, name), content);
    }
    await git(origin, "add", "--all");
    await git(origin, "commit", "--quiet", "--allow-empty", "-m", "change");
    return git(origin, "rev-parse", "HEAD");
  }

  await git(origin, "init", "--quiet", "--initial-branch=main");
  const sha = await commit(files);
  await git(root, "clone", "--quiet", origin, workspaceDir);
  return { origin, workspaceDir, tempDir, sha, commit, git: (...args) => git(workspaceDir, ...args) };
}
