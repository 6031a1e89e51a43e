import { readdirSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { SandboxLimits } from "./limits.ts";

const EVERY_MS = 60;
/** A whole look each so many ticks; in between only the number of processes is read, which costs little. */
const WHOLE_LOOK = 5;
const PAGE_BYTES = 4_096;
/** Killed processes need moments to be gone, more of them the more there were. */
const GONE_MS = 5_000;
/** Less than this is the noise of a living machine, not a command that fills the disk. */
const NOISE_BYTES = 64 * 1024 ** 2;

/** `start` tells it from a later process that was given the same number: a flood goes through them all. */
type Process = {
  pid: number;
  start: string;
  /** Ended, and waiting for its parent to notice. */
  gone: boolean;
  parent: number;
  group: number;
  session: number;
  bytes: number;
};

export type Watch = {
  /** Kills every process seen so far: a namespace's first one takes all others along. */
  kill(): void;
  /** Ends the watching, and waits for killed processes to be gone. */
  end(): Promise<void>;
};

/**
 * Looks at what a command and all its descendants use, a few times a second, and calls `stop` once with a
 * sentence when a limit is reached. Reads /proc; where there is none, only the disk is watched. The reads
 * are synchronous: under a fork bomb a thread pool would get its turn too late.
 */
export function watch(
  root: number,
  input: { limits: SandboxLimits; places: readonly string[]; stop: (why: string) => void },
): Watch {
  const { limits, places, stop } = input;
  const known = new Map([[root, readProcess(String(root))?.start ?? ""]]);
  const free = new Map<string, number>();
  let looking = false;
  let over = false;
  let ticks = 0;
  let seen = Number.MAX_SAFE_INTEGER;
  let killed = false;

  function end(why: string): void {
    if (over) return;
    over = true;
    stop(why);
  }

  async function look(): Promise<void> {
    const all = processes();
    seen = all.length;
    const mine = ofCommand(all, root, known);
    if (mine.length > limits.processes) {
      return end(`it had ${mine.length} processes, the limit is ${limits.processes}`);
    }
    const resident = mine.reduce((sum, { bytes }) => sum + bytes, 0);
    // Shared pages are counted once for each process that maps them, so a second, dearer look decides.
    if (resident > limits.memoryBytes && proportional(mine) > limits.memoryBytes) {
      return end(`it used more than ${inWords(limits.memoryBytes)} of memory`);
    }
    for (const place of places) {
      const now = await freeBytes(place);
      const before = free.get(place) ?? now;
      free.set(place, Math.max(before, now));
      const used = before - now;
      if (used > limits.diskBytes) return end(`it wrote more than ${inWords(limits.diskBytes)} to the disk`);
      if (now < limits.diskFloorBytes && used > NOISE_BYTES) return end("the disk is nearly full");
    }
  }

  function tick(): void {
    if (looking || over) return;
    if (ticks++ % WHOLE_LOOK !== 0 && isCalm({ seen, limit: limits.processes })) return;
    looking = true;
    look()
      // A process that ends while it is looked at, or a system without /proc.
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
  }

  const timer = setInterval(tick, EVERY_MS);
  tick();
  return {
    kill() {
      killed = true;
      // Those seen first are killed first: among them a namespace's own init, which takes all others along.
      for (const [pid, start] of known) if (isAlive(pid, start)) kill(pid);
    },
    async end() {
      over = true;
      clearInterval(timer);
      if (!killed) return;
      const until = performance.now() + GONE_MS;
      while ([...known].some(([pid, start]) => isAlive(pid, start)) && performance.now() < until) {
        await pause(20);
      }
    },
  };
}

/** Whether there are hardly more processes than at the last look. */
function isCalm({ seen, limit }: { seen: number; limit: number }): boolean {
  try {
    return processNames().length - seen < limit / 4;
  } catch {
    // No /proc: there is nothing to count.
    return true;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended before us.
  }
}

/** A zombie is gone but for its parent's notice. */
function isAlive(pid: number, start: string): boolean {
  const now = readProcess(String(pid));
  return now?.start === start && !now.gone;
}

/** Descendants, and what shares the command's group or session; one that was ours once stays ours. */
function ofCommand(all: readonly Process[], root: number, known: Map<number, string>): Process[] {
  const alive = new Map(all.map(({ pid, start }) => [pid, start]));
  for (const [pid, start] of known) if (alive.get(pid) !== start) known.delete(pid);
  for (let before = -1; before !== known.size; ) {
    before = known.size;
    for (const { pid, start, parent, group, session } of all) {
      if (known.has(parent) || group === root || session === root) known.set(pid, start);
    }
  }
  return all.filter(({ pid }) => known.has(pid));
}

function processes(): Process[] {
  return processNames()
    .map(readProcess)
    .filter((process) => process !== undefined);
}

function processNames(): string[] {
  return readdirSync("/proc").filter((name) => name.charCodeAt(0) <= 57);
}

function readProcess(name: string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "latin1");
    // The name of the program stands in brackets and may have spaces and brackets of its own.
    const text = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const fields = text.map(Number);
    const [, parent, group, session] = fields;
    const bytes = Number(fields[21] ?? 0) * PAGE_BYTES;
    const start = text[19] ?? "";
    const gone = text[0] === "Z" || text[0] === "X";
    return {
      pid: Number(name),
      start,
      gone,
      parent: parent ?? 0,
      group: group ?? 0,
      session: session ?? 0,
      bytes,
    };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

function proportional(list: readonly Process[]): number {
  return list.reduce((sum, { pid, bytes }) => {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
      return sum + Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
    } catch {
      // Not ours to read in such detail: the plain figure has to do.
      return sum + bytes;
    }
  }, 0);
}

async function freeBytes(place: string): Promise<number> {
  const { bavail, bsize } = await statfs(place);
  return bavail * bsize;
}

function inWords(bytes: number): string {
  const mib = bytes / 1024 ** 2;
  return mib >= 1024 ? `${(mib / 1024).toFixed(1)} GiB` : `${Math.round(mib)} MiB`;
}
