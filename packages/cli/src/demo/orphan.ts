import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS = 10_000;
const LOOK_MS = 50;

/**
 * Stops the Postgres of a control plane that could not do it, since it was killed. The lock file in the data
 * folder tells which process that is, and goes when it has ended.
 */
export async function stopOrphan(serverDirectory: string): Promise<void> {
  const lock = join(serverDirectory, "postgres", "data", "postmaster.pid");
  const pid = await pidIn(lock);
  if (pid === undefined) return;
  try {
    process.kill(pid, "SIGINT");
  } catch {
    // The lock outlived its process.
    return;
  }
  const deadline = Date.now() + WAIT_MS;
  while ((await pidIn(lock)) === pid && Date.now() < deadline) await sleep(LOOK_MS);
}

async function pidIn(lock: string): Promise<number | undefined> {
  const pid = Number((await readFile(lock, "utf8").catch(() => "")).split("\n")[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}
