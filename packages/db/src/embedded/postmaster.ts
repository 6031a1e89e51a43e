import { execFile, spawn } from "node:child_process";
import { open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { AicdError } from "@aicd/core";
import type { Account } from "./account.ts";

const POLL_MS = 15;
/** Recovery after a crash replays the log and may take a while; a dead process is noticed at once. */
const READY_MS = 120_000;
const STOP_MS = 30_000;
const LOG_BYTES = 8 * 1024 * 1024;

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** The server that runs on this data directory, or undefined. A stale lock file of a dead one is no server. */
export async function findPostmaster(data: string): Promise<(Postmaster & { ready: boolean }) | undefined> {
  const text = await readFile(lockFile(data), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (!isAlive(pid)) return undefined;
  if (!(await serves(pid, data))) {
    // The number now belongs to another program (a container restarted): Postgres itself would refuse to start.
    await rm(lockFile(data), { force: true });
    return undefined;
  }
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
}

/** Starts a server in a session of its own, so that Ctrl-C reaches us first and we can drain. */
export async function launchPostmaster(input: {
  postgres: string;
  data: string;
  log: string;
  port: number;
  settings: Readonly<Record<string, string>>;
  account: Account;
}): Promise<Postmaster> {
  const flags = Object.entries(input.settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const { file, args, options } = input.account.command(input.postgres, [
    "-D",
    input.data,
    "-p",
    `${input.port}`,
    ...flags,
  ]);
  const log = await open(input.log, (await sizeOf(input.log)) > LOG_BYTES ? "w" : "a", 0o600);
  const from = (await log.stat()).size;
  try {
    const child = spawn(file, args, { ...options, detached: true, stdio: ["ignore", log.fd, log.fd] });
    let ended: string | undefined;
    child.once("error", (error) => {
      ended = error.message;
    });
    child.once("exit", (code, signal) => {
      ended = `it ended with ${signal ?? code}`;
    });
    child.unref();
    const deadline = Date.now() + READY_MS;
    while (Date.now() < deadline) {
      if (ended !== undefined) throw new PostgresStartError(ended, (await tail(input.log, from)).trim());
      const found = await findPostmaster(input.data);
      if (found?.ready && found.pid === child.pid) return found;
      await sleep(POLL_MS);
    }
    throw new PostgresStartError(`it was not ready after ${READY_MS / 1000} s`, await tail(input.log, from));
  } finally {
    await log.close();
  }
}

/** Caught by whoever knows that another try, or another folder, may do. */
export class PostgresStartError extends AicdError {
  readonly log: string;

  constructor(reason: string, log: string) {
    super("unavailable", `Postgres did not start: ${reason}. Its log says: ${log}`);
    this.log = log;
  }
}

/** Fast shutdown: clients are cut, nothing committed is lost. Resolves when the server has let go of the data. */
export async function stopPostmaster(data: string, pid: number): Promise<void> {
  const deadline = Date.now() + STOP_MS;
  signal(pid, "SIGINT");
  // Its own lock file is asked, not the process: one adopted by a careless PID 1 stays a zombie for ever.
  while ((await findPostmaster(data))?.pid === pid) {
    if (Date.now() > deadline) signal(pid, "SIGQUIT");
    await sleep(POLL_MS);
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // alive, but another user's
  }
}

function lockFile(data: string): string {
  return join(data, "postmaster.pid");
}

async function serves(pid: number, data: string): Promise<boolean> {
  if (process.platform === "linux") {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return line.split("\0").includes(data);
  }
  const { stdout } = await promisify(execFile)("ps", ["-p", `${pid}`, "-o", "command="]).catch(() => ({
    stdout: "",
  }));
  return stdout.includes(data);
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

async function tail(file: string, from: number): Promise<string> {
  const text = await readFile(file);
  return text.subarray(from).toString("utf8").slice(-2_000);
}
