import { execFile } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { Machine, Repository } from "./plan.ts";

const execute = promisify(execFile);
const INSTALLED = ["node_modules", ".venv", "venv", "vendor", "vendor/bundle", "deps"];
const VERSIONS = [
  ["node", "--version"],
  ["python3", "--version"],
  ["go", "version"],
  ["java", "-version"],
  ["ruby", "--version"],
  ["php", "--version"],
] as const;

/** What is on the PATH, in which versions, and what is installed in the checkout already. */
export async function lookAtMachine(
  path: string,
  workspaceDir: string,
  { paths }: Repository,
): Promise<Machine> {
  const entries = path.split(delimiter).filter((entry) => entry !== "");
  const has = (program: string) => entries.some((entry) => isProgram(join(entry, program)));
  const manifests = paths
    .filter((one) => one.endsWith("/package.json") && one.split("/").length <= 4)
    .slice(0, 200);
  const below = manifests.map((one) => `${one.slice(0, -"package.json".length)}node_modules`);
  const tracked = new Set(paths.map((one) => one.split("/")[0]));
  const installed = [...INSTALLED, ...below].filter(
    // A folder of that name which is part of the repository says nothing of what was installed.
    (place) => (!tracked.has(place) || place === "node_modules") && existsSync(join(workspaceDir, place)),
  );
  const asked = VERSIONS.filter(([program]) => has(program)).map((one) => versionOf(one, path));
  const versions = Object.fromEntries((await Promise.all(asked)).filter((one) => one !== undefined));
  return { has, installed, versions };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to start.
    return false;
  }
}

async function versionOf(
  [program, flag]: (typeof VERSIONS)[number],
  path: string,
): Promise<[string, string] | undefined> {
  try {
    const { stdout, stderr } = await execute(program, [flag], { env: { PATH: path }, timeout: 5_000 });
    const version = /(\d+\.\d+(?:\.\d+)?)/.exec(`${stdout}${stderr}`)?.[1];
    return version === undefined ? undefined : [program, version];
  } catch {
    // A shim without a version behind it; the newest of a matrix is taken then.
    return undefined;
  }
}
