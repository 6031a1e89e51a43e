import { readdir, readFile, readlink } from "node:fs/promises";
import { sep } from "node:path";

export type Leftovers = {
  /** Stands in the environment of all that the command started, unless that was cleared. */
  marker: string;
  /** Directories of the command: who works there, has lost its parents and is no older is a leftover too. */
  places: readonly string[];
  /** Clock ticks since the machine's start, as /proc counts; older processes are not the command's. */
  since: number;
};

/**
 * Kills what a command left behind: daemons that left its process group. Reads /proc, so it does nothing on
 * other systems; there a daemon lives until the job ends. What clears its environment and leaves the
 * directories as well is beyond this; only a namespace of its own, or a control group, holds that.
 */
export async function reap(leftovers: Leftovers): Promise<void> {
  for (const pid of await processes()) {
    if (pid === process.pid || !(await isLeftover(pid, leftovers))) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended between the two calls.
    }
  }
}

/** Now, as /proc counts the starts of processes; 0 where there is no /proc. */
export async function bootTicks(): Promise<number> {
  try {
    const [uptime = "0"] = (await readFile("/proc/uptime", "latin1")).split(" ");
    // Ticks of 1/100 s on all systems Node runs on; one second of room for rounding.
    return Math.max(0, Math.floor(Number(uptime) * 100) - 100);
  } catch {
    // No /proc on this system.
    return 0;
  }
}

async function processes(): Promise<number[]> {
  try {
    return (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    // No /proc on this system.
    return [];
  }
}

async function isLeftover(pid: number, { marker, places, since }: Leftovers): Promise<boolean> {
  try {
    if ((await readFile(`/proc/${pid}/environ`)).includes(marker)) return true;
    // As a container's first process we are everybody's parent in the end, and could not tell.
    if (process.pid === 1 || (await statOf(pid)).start < since) return false;
    const cwd = await readlink(`/proc/${pid}/cwd`);
    if (!places.some((place) => cwd === place || cwd.startsWith(place + sep))) return false;
    // A command that runs at the same time is still ours.
    return !(await isDescendant(pid));
  } catch {
    // Ended meanwhile, or another user's process, which is none of ours.
    return false;
  }
}

async function isDescendant(pid: number): Promise<boolean> {
  for (let at = pid; at > 1; at = (await statOf(at)).parent) {
    if (at === process.pid) return true;
  }
  return false;
}

async function statOf(pid: number): Promise<{ parent: number; start: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1");
  // The name of the program stands in brackets and may have spaces and brackets of its own.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), start: Number(fields[19]) };
}
