import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./postmaster.ts";

const LOCK_WAIT_MS = 180_000;
const POLL_MS = 20;
const UNSIGNED_MS = 5_000;

/** One process's claim to a server that several may share. */
export interface Ownership {
  /** Gives the claim up; true when nobody else holds one. Synchronous: it also runs while the process exits. */
  release(): boolean;
}

/** Signs this process in as a user of the server in `directory`. Processes that died do not count. */
export async function claimServer(directory: string): Promise<Ownership> {
  const folder = join(directory, "owners");
  await mkdir(folder, { recursive: true });
  const name = `${process.pid}-${randomBytes(4).toString("hex")}`;
  await writeFile(join(folder, name), "");
  return {
    release() {
      rmSync(join(folder, name), { force: true });
      for (const other of readdirSync(folder)) {
        // A number used again by a stranger keeps the server up; the next start finds and reuses it.
        if (isAlive(Number.parseInt(other, 10))) return false;
        rmSync(join(folder, other), { force: true });
      }
      return true;
    },
  };
}

/**
 * Runs `work` while no other process starts or stops the server of `directory`.
 * The lock of a killed process is broken. Should two ever get in, Postgres' own lock file still
 * keeps a second server off the data.
 */
export async function whileLocked<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const file = join(directory, "lock");
  const deadline = Date.now() + LOCK_WAIT_MS;
  while (!(await take(file))) {
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    if (holder > 0 ? !isAlive(holder) : await isNobodys(file)) await rm(file, { force: true });
    if (Date.now() > deadline)
      throw new Error(`Process ${holder} has held ${file} for too long. End it, or delete the file.`);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Whole or not at all: whoever finds it can read whose it is. */
async function take(file: string): Promise<boolean> {
  const own = `${file}-${randomBytes(8).toString("hex")}`;
  await writeFile(own, `${process.pid}`, { mode: 0o600 });
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** An empty lock is of an older release that was killed between making it and signing it. */
async function isNobodys(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > UNSIGNED_MS;
}
