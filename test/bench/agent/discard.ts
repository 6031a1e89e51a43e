import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { baseEnv } from "../../../packages/cli/src/env.ts";

const OPTIONS = { recursive: true, force: true, maxRetries: 3 } as const;

/**
 * Removes what a task left behind. Toolchains write caches that even their owner may not delete (Go's
 * modules), so permission is given first. What still stays costs disk, not the run: never throws.
 */
export async function discard(directory: string): Promise<void> {
  try {
    await rm(directory, OPTIONS);
  } catch {
    // Read-only directories: once more with permission.
    try {
      await promisify(execFile)("chmod", ["-R", "u+rwX", directory], { env: baseEnv() });
      await rm(directory, OPTIONS);
    } catch {
      // Another user's files, or a file system that went away.
    }
  }
}
