import { spawn as start } from "node:child_process";
import { constants, setPriority } from "node:os";
import { performance } from "node:perf_hooks";
import type { Readable } from "node:stream";
import type { CommandResult } from "@aicd/core";
import { plain } from "./plain.ts";
import { whileScarce } from "./scarcity.ts";
import { createTail } from "./tail.ts";
import type { Watch } from "./watchdog.ts";

/** Streams held open by a process that left its group are given up after this. */
const DRAIN_MS = 500;

export type SpawnOptions = {
  cwd: string;
  env: Record<string, string>;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  maxCharacters: number;
  /** Written to the program's standard input, which is then closed; without it there is none. */
  input?: string | undefined;
  /** Each whole line of standard output as it comes; such output is left out of the result's text. */
  onLine?: ((line: string) => void) | undefined;
  /** Watches over the running command by its process id; `stop` ends it for that reason. */
  watch?: (pid: number, stop: (why: string) => void) => Watch;
  /** Called once the command has ended or was stopped: takes what escaped the process group. */
  reap?: () => Promise<void>;
};

/**
 * Runs a program in its own process group, with both output streams in one bounded text. When time is
 * up, the signal fires, or the program ends, the whole group is killed, so nothing keeps running.
 * Rejects only when the program cannot be started.
 */
export function spawn(argv: readonly string[], options: SpawnOptions): Promise<CommandResult> {
  return whileScarce(() => spawnOnce(argv, options));
}

async function spawnOnce(argv: readonly string[], options: SpawnOptions): Promise<CommandResult> {
  const [file, ...rest] = argv;
  if (file === undefined) throw new TypeError("no program was named");
  const started = performance.now();
  const tail = createTail(options.maxCharacters);
  const child = start(file, rest, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // A program may end without reading all of its input.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input);
  const { onLine } = options;
  if (onLine === undefined) listen(child.stdout, (text) => tail.add(text));
  else listen(child.stdout, splitter(onLine));
  listen(child.stderr, (text) => tail.add(text));
  const killGroup = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group is already empty.
    }
  };
  let timedOut = false;
  let limit: string | undefined;
  let watching: Watch | undefined;
  const killAll = () => {
    killGroup();
    watching?.kill();
  };
  if (child.pid !== undefined) {
    yieldTo(child.pid);
    watching = options.watch?.(child.pid, (why) => {
      limit = why;
      killAll();
    });
  }
  const timer = setTimeout(() => {
    timedOut = true;
    killAll();
  }, options.timeoutMs);
  options.signal?.addEventListener("abort", killAll);
  if (options.signal?.aborted) killAll();
  try {
    const exitCode = await exit(child);
    killGroup();
    await watching?.end();
    await options.reap?.();
    await drained(child);
    const durationMs = Math.round(performance.now() - started);
    const ended = { exitCode, output: plain(tail.text()), durationMs, timedOut };
    return limit === undefined ? ended : { ...ended, limit };
  } finally {
    await watching?.end();
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", killAll);
  }
}

/** A line longer than this is data nobody reads; its rest is dropped. */
const LINE_CHARACTERS = 8_000_000;

function splitter(onLine: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(0, LINE_CHARACTERS);
    for (const line of lines) onLine(line);
  };
}

function listen(stream: Readable | null, heard: (text: string) => void): void {
  stream?.setEncoding("utf8");
  stream?.on("data", heard);
}

/** A command gets what we leave of the processor, so that a flood of processes cannot keep us from ending it. */
function yieldTo(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It ended already.
  }
}

type Child = ReturnType<typeof start>;

/** The exit code, or null when a signal ended it. */
function exit(child: Child): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });
}

function drained(child: Child): Promise<void> {
  return new Promise((resolve) => {
    if (child.stdout?.closed !== false && child.stderr?.closed !== false) return resolve();
    const timer = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, DRAIN_MS);
    child.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
