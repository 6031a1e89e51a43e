import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AicdError } from "@aicd/core";

const execute = promisify(execFile);

export type LocalGit = (args: string[], options?: { env?: Record<string, string> }) => Promise<string>;

/** git in a person's own repository, with their own configuration. Throws AicdError with git's last words. */
export function localGit(directory: string, env: Record<string, string>): LocalGit {
  return async (args, options = {}) => {
    try {
      const { stdout } = await execute("git", args, {
        cwd: directory,
        env: { ...env, ...options.env },
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout.trim();
    } catch (error) {
      const words = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
      throw new AicdError("broken", `git ${args[0]} failed in ${directory}: ${words}`, { cause: error });
    }
  };
}
