import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxLimits } from "./limits.ts";

const ROOT = "/sys/fs/cgroup";
const REMOVE_MS = 200;

/** The kernel's own bounds around one command, where this user may set them; they also hold for root. */
export type ControlGroup = {
  /** Shell words that put the command in, before it is anything else. */
  enter: string;
  remove(): void;
};

/**
 * A control group for one command, or undefined where none can be made: on hosted runners that is so, and
 * `ulimit` and the watchdog do. Twice the limit, so that the watchdog sees it reached and can say so.
 */
export function createControlGroup(
  name: string,
  { processes, memoryBytes }: SandboxLimits,
): ControlGroup | undefined {
  for (const parent of parents()) {
    const directory = join(parent, name);
    try {
      mkdirSync(directory);
    } catch {
      // Not mounted, or not ours to write.
      continue;
    }
    const remove = (tries = 5) => {
      try {
        rmdirSync(directory);
      } catch {
        // A process still ends in there.
        if (tries > 0) setTimeout(remove, REMOVE_MS, tries - 1).unref();
      }
    };
    try {
      if (!existsSync(join(directory, "pids.max"))) throw new Error("no such controller");
      writeFileSync(join(directory, "pids.max"), String(processes * 2));
      const memory = join(directory, "memory.max");
      if (existsSync(memory)) writeFileSync(memory, String(Math.ceil(memoryBytes * 1.2)));
      return { enter: `echo $$ > ${join(directory, "cgroup.procs")}`, remove };
    } catch {
      // The parent does not pass this controller on.
      remove();
    }
  }
  return undefined;
}

/** Where a group of ours would stand: below our own, in the old layout and in the new one. */
function parents(): string[] {
  try {
    const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
    const own = (match: RegExp) =>
      lines.map((line) => match.exec(line)?.[1]).find((path) => path !== undefined);
    const old = own(/^\d+:pids:(.*)$/);
    const unified = own(/^0::(.*)$/);
    return [
      ...(old === undefined ? [] : [join(ROOT, "pids", old)]),
      ...(unified === undefined ? [] : [join(ROOT, unified)]),
    ];
  } catch {
    // Not Linux.
    return [];
  }
}
