import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { baseEnv } from "../../../packages/cli/src/env.ts";
import { type LocalGit, localGit } from "../../../packages/cli/src/run/git.ts";
import { AicdError } from "../../../packages/core/src/index.ts";
import type { Task } from "./task.ts";

/** The tasks' commits are the same on every machine: no hooks, filters or templates of the user's. */
const CONFIG = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "init.templateDir",
  GIT_CONFIG_VALUE_0: "",
};

export type Checkout = { directory: string; sha: string; git: LocalGit };

/**
 * A repository at the task's base commit. It has the history up to there and nothing later: a bundle
 * may well hold the very commit that solves the task. Throws AicdError that says what is wrong with the
 * bundle or the base.
 */
export async function checkOut(task: Task, directory: string): Promise<Checkout> {
  const store = `${directory}.git`;
  await Promise.all([mkdir(directory, { recursive: true }), mkdir(store, { recursive: true })]);
  const env = { ...baseEnv(), ...CONFIG };
  const git = localGit(directory, env);
  try {
    const sha = await unpack(task, localGit(store, env));
    await git(["init", "--quiet", "--initial-branch=main"]);
    await git(["fetch", "--quiet", "--no-tags", store, sha]);
    await git(["update-ref", "refs/heads/main", sha]);
    await git(["checkout", "--quiet", "--force", "main"]);
    await rm(join(directory, ".git", "FETCH_HEAD"), { force: true });
    return { directory, sha, git };
  } finally {
    await rm(store, { recursive: true, force: true });
  }
}

async function unpack({ bundle, base }: Task, git: LocalGit): Promise<string> {
  await git(["init", "--quiet", "--bare"]);
  await git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
  const heads = (await git(["bundle", "list-heads", bundle])).split("\n").filter((line) => line !== "");
  if (heads.length === 0) throw new AicdError("invalid", "`repo.bundle` names no branch.");
  const specs = heads.map((line, index) => `+${line.split(" ")[1]}:refs/bundle/${index}`);
  await git(["fetch", "--quiet", "--no-tags", bundle, ...specs]);
  try {
    return await git(["rev-parse", "--verify", "--quiet", `${base}^{commit}`]);
  } catch (cause) {
    throw new AicdError("invalid", `The commit ${base} of \`base\` is not in \`repo.bundle\`.`, { cause });
  }
}
