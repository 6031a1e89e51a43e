import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { CodeSource } from "@aicd/core";
import { createGitSource } from "../source/git-source.ts";
import { PATH } from "./env.ts";

const run = promisify(execFile);

export type TestRepository = {
  gitDir: string;
  /** Writes files (null removes), commits, and answers the commit. */
  commit(files: Record<string, string | null>, message?: string): Promise<string>;
  git(...args: string[]): Promise<string>;
  source(commit: string): CodeSource;
  remove(): Promise<void>;
};

const ENV = {
  PATH,
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

/** A real repository in a directory of its own. */
export async function createTestRepository(): Promise<TestRepository> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "aicd-index-")));
  const gitDir = join(root, ".git");
  async function git(...args: string[]): Promise<string> {
    const { stdout } = await run("git", args, { cwd: root, env: { ...ENV, HOME: root } });
    return stdout.trim();
  }
  await git("init", "--quiet", "--initial-branch=main");
  return {
    gitDir,
    git,
    async commit(files, message = "change") {
      for (const [name, content] of Object.entries(files)) {
        if (content === null) {
          await rm(join(root, name));
          continue;
        }
        await mkdir(dirname(join(root, name)), { recursive: true });
        await writeFile(join(root, name), content);
      }
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
    source: (commit) => createGitSource({ gitDir, commit, path: PATH }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
