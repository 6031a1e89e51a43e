import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const TOOLS = join(import.meta.dirname, "tools");

/**
 * Runs a program that only developers need, with the arguments given. They are 120 MB, so `npm ci` leaves them out;
 * the first run installs them as their own lock file says, and so does the first one after an update.
 * @param bin its JavaScript file inside the package
 */
export function runTool(name: string, bin: string): void {
  installTools(name);
  const args = [join(TOOLS, "node_modules", name, bin), ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
}

/** All of them, when this one is not there as pinned. */
export function installTools(name: string): void {
  if (installedVersion(name) === wantedVersion(name)) return;
  // Into stderr: what the tool prints may be read by a program.
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--prefix", TOOLS], { stdio: ["ignore", 2, 2] });
}

function installedVersion(name: string): string | undefined {
  try {
    return read("node_modules", name, "package.json").version;
  } catch {
    return undefined; // not there yet
  }
}

function wantedVersion(name: string): string | undefined {
  return read("package.json").devDependencies?.[name];
}

function read(...path: string[]): { version?: string; devDependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(join(TOOLS, ...path), "utf8"));
}
