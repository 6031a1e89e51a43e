import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AicdError } from "@aicd/core";

/**
 * A new folder for temporary files, readable by this user only; whoever makes it removes it.
 * @throws AicdError when the machine has no place for one
 */
export async function makeScratch(name: string): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), `aicd-${name}-`));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
    throw new AicdError(
      "unavailable",
      `Temporary files cannot be made in ${tmpdir()} (${code}). Set TMPDIR to a folder that is there and may be written.`,
      { cause, retryable: false },
    );
  }
}
