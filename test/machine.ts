import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { insistOnGit } from "../packages/code-index/src/index.ts";

/** Vitest's first global setup: what this machine lacks is said once, in one line, and not by each test. */
export async function setup(): Promise<void> {
  const trouble = await troubleOfHere();
  if (trouble === undefined) return;
  process.stderr.write(`${trouble}\n`);
  process.exit(1);
}

async function troubleOfHere(): Promise<string | undefined> {
  try {
    await insistOnGit(process.env.PATH);
    await rm(await mkdtemp(join(tmpdir(), "aicd-machine-")), { recursive: true });
    return undefined;
  } catch (error) {
    const { message, code, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== "mkdtemp") return message;
    return `Temporary files cannot be made in ${tmpdir()} (${code}). Set TMPDIR to a folder that is there and may be written.`;
  }
}
