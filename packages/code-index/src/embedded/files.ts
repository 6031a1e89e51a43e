import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { IndexScope } from "@aicd/core";
import type { Snapshot } from "../rank/snapshot.ts";
import { repositoryDirectory } from "./directories.ts";
import { decode, encode } from "./format.ts";

const NAME = "index";
const UNFINISHED = ".part";

/** Changes with every generation of a repository's file; undefined when there is none. */
export async function generationOf(root: string, scope: IndexScope): Promise<string | undefined> {
  try {
    const { ino, mtimeNs, size } = await stat(join(repositoryDirectory(root, scope), NAME), { bigint: true });
    return `${ino}.${mtimeNs}.${size}`;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

export async function readSnapshot(root: string, scope: IndexScope): Promise<Snapshot | undefined> {
  try {
    return decode(await readFile(join(repositoryDirectory(root, scope), NAME)), scope);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Whole under another name, then renamed: a reader sees the former state or this one. */
export async function writeSnapshot(root: string, scope: IndexScope, snapshot: Snapshot): Promise<void> {
  const directory = repositoryDirectory(root, scope);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await removeUnfinished(directory);
  const part = join(directory, `${process.pid}-${randomBytes(6).toString("hex")}${UNFINISHED}`);
  const file = await open(part, "wx", 0o600);
  try {
    for (const bytes of encode({ ...scope, snapshot })) await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, join(directory, NAME));
}

/** What a killed writer left behind; a living one is left alone. */
async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith(UNFINISHED)) continue;
    const pid = Number.parseInt(name, 10);
    if (pid !== process.pid && isAlive(pid)) continue;
    await rm(join(directory, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
