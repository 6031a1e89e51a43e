import { spawn } from "node:child_process";
import { AicdError } from "@aicd/core";

const TIMEOUT_MS = 5 * 60_000;

export type Git = (
  args: readonly string[],
  options: { most: number; input?: string; whenCut?: "fail" | "keep" },
) => Promise<Buffer>;

/**
 * git on a bare directory that holds other people's objects: no configuration of this machine, no hooks,
 * no replaced objects, no prompts, and no network, also where the clone is partial. `env` comes last.
 */
export function createGit(options: { gitDir: string; path: string; env?: Record<string, string> }): Git {
  const env = {
    PATH: options.path,
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_DIR: options.gitDir,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    // Older versions of git know the line above not; they find no protocol to fetch by.
    GIT_ALLOW_PROTOCOL: "none",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    ...options.env,
  };
  const fixed = ["--no-pager", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"];
  return (args, { most, input, whenCut = "fail" }) =>
    new Promise((resolve, reject) => {
      const child = spawn("git", [...fixed, ...args], { env, cwd: "/", timeout: TIMEOUT_MS });
      const out: Buffer[] = [];
      let size = 0;
      let isCut = false;
      let words = "";
      // Without a process there are no streams either, whatever their types say.
      child.once("error", (cause) =>
        reject(new AicdError("broken", "git could not be started. Is it installed?", { cause })),
      );
      if (child.stdout === undefined || child.pid === undefined) return;
      child.stdout.on("data", (chunk: Buffer) => {
        if (isCut) return;
        size += chunk.byteLength;
        out.push(chunk);
        if (size <= most) return;
        isCut = true;
        child.kill("SIGKILL");
      });
      child.stderr.setEncoding("utf8");
      child.stderr.on("data", (text: string) => {
        words = (words + text).slice(-500);
      });
      // git may end without reading all of its input.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input ?? "");
      child.once("close", (code) => {
        const command = args[0] ?? "";
        if (code === 0 || (isCut && whenCut === "keep")) return resolve(Buffer.concat(out));
        const why = isCut ? `answered more than ${most} bytes` : `failed: ${words.trim()}`;
        reject(new AicdError("broken", `git ${command} ${why}`));
      });
    });
}
