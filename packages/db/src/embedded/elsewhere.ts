import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Account, canReach } from "./account.ts";
import { findPostmaster } from "./postmaster.ts";
import { trouble } from "./trouble.ts";

const PREFIX = "aicd-postgres-";
/** Folders of the system that every account may enter, and that last. */
const LASTING = ["/var/lib", "/var/tmp"];
const PASSING = ["/tmp", "/var/tmp"];
const ORIGIN = "origin";

/**
 * A folder that the account reaches, for the Postgres of a `directory` that it does not: the same one each
 * time, named after it. What belongs to a folder of the temporary kind is itself temporary.
 */
export async function settleElsewhere(directory: string, account: Account): Promise<string> {
  const temporary = isWithin(directory, tmpdir());
  for (const parent of temporary ? [tmpdir(), ...PASSING] : LASTING) {
    if (temporary) await sweep(parent);
    const name = createHash("sha256").update(directory).digest("hex").slice(0, 16);
    const folder = join(parent, `${PREFIX}${name}`);
    if ((await own(folder, directory)) && (await canReach(account, [folder]))) return folder;
  }
  throw trouble("hidden", directory);
}

/** Makes the folder, or takes one that is ours. In a folder open to all, a stranger may have taken the name. */
async function own(folder: string, directory: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    const found = await lstat(folder);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
    await chmod(folder, 0o755); // whatever the umask is
    await writeFile(join(folder, ORIGIN), directory);
    return true;
  } catch {
    return false; // read-only, or not there: the next one may do
  }
}

/** Removes what is left of temporary folders that are gone. Lasting data stays: a disk may only not be mounted. */
async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const folder = join(parent, name);
    const origin = await readFile(join(folder, ORIGIN), "utf8").catch(() => undefined);
    if (origin === undefined || (await stat(origin).catch(() => undefined))) continue;
    if ((await findPostmaster(join(folder, "data"))) === undefined)
      await rm(folder, { recursive: true, force: true });
  }
}

function isWithin(path: string, folder: string): boolean {
  return !relative(folder, path).startsWith("..");
}
