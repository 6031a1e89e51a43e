import { readdir, readFile } from "node:fs/promises";

/**
 * Kills processes that carry `marker` in their environment: daemons that left the process group. Reads
 * /proc, so it does nothing on other systems; there a daemon lives until the job ends.
 */
export async function reap(marker: string): Promise<void> {
  for (const name of await processes()) {
    const pid = Number(name);
    if (pid === process.pid || !(await carries(pid, marker))) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended between the two calls.
    }
  }
}

async function processes(): Promise<string[]> {
  try {
    return (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  } catch {
    // No /proc on this system.
    return [];
  }
}

async function carries(pid: number, marker: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/environ`)).includes(marker);
  } catch {
    // Ended meanwhile, or another user's process, which is none of ours.
    return false;
  }
}
