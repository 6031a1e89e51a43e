import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Offer } from "./level.ts";
import { offerOf } from "./sandbox.ts";

/** What this machine offers at most, found out in a directory of its own, and what keeps it from more. */
export async function offeredSandbox(path: string): Promise<Offer> {
  const directory = await mkdtemp(join(tmpdir(), "aicd-offer-"));
  try {
    const workspaceDir = join(directory, "workspace");
    await mkdir(workspaceDir);
    return await offerOf({ workspaceDir, tempDir: join(directory, "temp"), path });
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
