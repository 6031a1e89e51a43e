import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { JobLog } from "./commands.ts";

export interface Command {
  file: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  log: JobLog;
  /** Ends the process and everything it started. */
  signal: AbortSignal;
}

/** How long a process may take to end by itself after it was asked to. */
const GRACE_MS = 2000;
const DRAIN_MS = 500;

/** Runs a step in its own process group and resolves with its exit code. */
export function runProcess(command: Command): Promise<number> {
  const { file, args, cwd, env, log, signal } = command;
  if (signal.aborted) return Promise.resolve(1);
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) =>
        log.write(line),
      );
    }
    let force: NodeJS.Timeout | undefined;
    function stop(): void {
      signalGroup(child.pid, "SIGTERM");
      force = setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE_MS);
    }
    signal.addEventListener("abort", stop, { once: true });
    child.on("error", (error) => {
      log.write(`::error::${error.message}`);
      resolve(1);
    });
    child.on("exit", (code) => {
      const finish = () => {
        signal.removeEventListener("abort", stop);
        if (force) clearTimeout(force);
        clearTimeout(drained);
        resolve(code ?? 1);
      };
      // A process left in the background keeps the pipes open; the step is over all the same.
      const drained = setTimeout(finish, DRAIN_MS);
      child.on("close", finish);
    });
  });
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // The group ended between the decision and the signal.
  }
}

/**
 * Kills what a job left behind. GitHub's runner recognises orphans by RUNNER_TRACKING_ID in their environment,
 * which finds them even when they moved to a process group of their own. Only Linux can be asked.
 */
export async function killOrphans(trackingId: string): Promise<void> {
  const entries = await readdir("/proc").catch(() => []);
  const wanted = `RUNNER_TRACKING_ID=${trackingId}`;
  for (const pid of entries.filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    if (environment.split("\0").includes(wanted)) killOne(Number(pid));
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself after it was listed.
  }
}
