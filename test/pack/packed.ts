import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** What would be published, and what is in it. */
export type Packed = { directory: string; commandLine: string; sdk: string };

/** Packs both packages as a release does. */
export function pack(): Packed {
  const directory = mkdtempSync(join(tmpdir(), "aicd-packed-"));
  const printed = execFileSync(process.execPath, ["packages/cli/pack/main.ts", directory], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [sdk = "", commandLine = ""] = printed.toString().trim().split("\n");
  return { directory, commandLine: join(directory, commandLine), sdk: join(directory, sdk) };
}

/** Names of the files in a tarball. */
export function filesIn(tarball: string): string[] {
  return execFileSync("tar", ["-tzf", tarball]).toString().trim().split("\n");
}

/** The package as npm unpacks it, without what it depends on. */
export function unpack(tarball: string, to: string): string {
  mkdirSync(to, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", to]);
  return join(to, "package");
}
