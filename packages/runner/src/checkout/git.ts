import { spawn } from "node:child_process";
import { AicdError } from "@aicd/core";
import { whileScarce } from "../sandbox/scarcity.ts";

export type Git = {
  /**
   * stdout of a git command that must succeed; throws AicdError `broken` with its last words otherwise.
   * `fine` are exit codes other than 0 that are answers.
   */
  run(args: readonly string[], options?: GitOptions): Promise<Buffer>;
};
type GitOptions = { input?: string | Buffer; env?: Record<string, string>; fine?: readonly number[] };

const TIMEOUT_MS = 10 * 60_000;
const OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * git as we run it ourselves: no system or user configuration, no hooks, no prompts, no environment
 * but ours. `env` may point it to a directory of its own.
 */
export function createGit(options: { cwd: string; path: string; env: Record<string, string> }): Git {
  return {
    run(args, { input, env, fine = [] } = {}) {
      const all = { PATH: options.path, ...options.env, ...env };
      const surroundings = { cwd: options.cwd, env: all, input, fine: [0, ...fine] };
      return whileScarce(() => execute(args, surroundings));
    },
  };
}

function execute(
  args: readonly string[],
  options: Required<Pick<GitOptions, "env" | "fine">> & { cwd: string; input: string | Buffer | undefined },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { cwd: options.cwd, env: options.env, timeout: TIMEOUT_MS });
    const out: Buffer[] = [];
    let size = 0;
    let words = "";
    // Without a process there are no streams either, whatever their types say.
    child.once("error", (cause) =>
      reject(new AicdError("broken", "git could not be started. Is it installed?", { cause })),
    );
    if (child.stdout === undefined || child.pid === undefined) return;
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > OUTPUT_BYTES) child.kill("SIGKILL");
      else out.push(chunk);
    });
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      words = (words + text).slice(-2_000);
    });
    // git may end without reading all of its input.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.once("close", (code) => {
      if (code !== null && options.fine.includes(code)) return resolve(Buffer.concat(out));
      reject(
        new AicdError("broken", `git ${args.find((arg) => !arg.startsWith("-"))} failed: ${words.trim()}`),
      );
    });
  });
}
