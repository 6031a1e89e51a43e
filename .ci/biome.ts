import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Runs the linter with the arguments given. It is 97 MB that only developers need, so `npm ci` leaves it out; the
 * first run installs it as its own lock file says, and so does the first one after an update.
 */
const TOOLS = join(import.meta.dirname, "tools");

if (installedVersion() !== wantedVersion()) {
  // Into stderr: what the linter prints may be read by a program.
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--prefix", TOOLS], { stdio: ["ignore", 2, 2] });
}
const biome = join(TOOLS, "node_modules", "@biomejs", "biome", "bin", "biome");
process.exitCode =
  spawnSync(process.execPath, [biome, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;

function installedVersion(): string | undefined {
  try {
    return read("node_modules", "@biomejs", "biome", "package.json").version;
  } catch {
    return undefined; // not there yet
  }
}

function wantedVersion(): string | undefined {
  return read("package.json").devDependencies?.["@biomejs/biome"];
}

function read(...path: string[]): { version?: string; devDependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(join(TOOLS, ...path), "utf8"));
}
