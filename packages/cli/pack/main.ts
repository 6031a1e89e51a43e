import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { layOutCommandLine } from "./command-line.ts";
import { layOutSdk } from "./sdk.ts";

/** `npm run pack [-- DIR]`: the packages that are published, as tarballs in DIR (`packed` when left out). */
const out = resolve(process.argv[2] ?? "packed");
mkdirSync(out, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), "aicd-pack-"));
try {
  for (const layOut of [layOutSdk, layOutCommandLine]) {
    const directory = mkdtempSync(join(scratch, "package-"));
    await layOut(directory);
    execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", out], {
      cwd: directory,
      stdio: ["ignore", "inherit", "inherit"],
    });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
