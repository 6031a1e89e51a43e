import { spawn } from "node:child_process";
import { AicdError } from "@aicd/core";

const OUTPUT_BYTES = 1024 * 1024;
const WORDS = 2_000;

/**
 * Runs git for us: no configuration but the file named in `env`, no prompts, no hooks, and its helpers end
 * with it. @returns stdout, as far as it is small
 * @throws AicdError `broken` with git's last words; `unavailable` when there is no git
 */
export function runGit(
  args: readonly string[],
  options: { env: Record<string, string>; cwd: string; signal: AbortSignal; input?: Buffer },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { cwd, env, signal, input } = options;
    // A group of its own: git leaves the talking to a helper process, which has to go with it.
    const child = spawn("git", args, { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    // git may end without reading all of it.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    const end = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It ended by itself in this moment.
      }
    };
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    let out = "";
    let words = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (out.length < OUTPUT_BYTES) out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-WORDS);
    });
    child.once("error", (cause) =>
      reject(new AicdError("unavailable", "git could not be started. Is it installed?", { cause })),
    );
    child.once("close", (code) => {
      signal.removeEventListener("abort", end);
      if (signal.aborted) return reject(signal.reason);
      if (code === 0) return resolve(out);
      reject(new AicdError("broken", `git ${args[0]} failed: ${words.trim()}`));
    });
  });
}
