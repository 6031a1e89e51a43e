import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { enter } from "./enter.ts";
import { commands, type Machine, ODD, SHARE } from "./machines.ts";
import { makeRoot } from "./root.ts";

/**
 * `npm run test:fresh`: the README's two commands on machines with nothing but Node, npm, git and certificates.
 * What is committed is what is tried. Needs root, mmdebstrap and a package registry.
 *   --full    all of `npm test` instead of a share
 *   --only X  only machines whose name X (an expression) finds, after the `npm ci` they need
 */
const { values } = parseArgs({ options: { full: { type: "boolean" }, only: { type: "string" } } });
if (process.getuid?.() !== 0) {
  process.stderr.write("`npm run test:fresh` makes a Debian and enters it: run it as root.\n");
  process.exit(1);
}

const all = [...commands(values.full ? "" : SHARE), ...ODD];
const CHECKOUT = resolve(import.meta.dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "aicd-fresh-"));
let failed = 0;
try {
  const root = makeRoot(directory);
  for (const [path, owner] of [["root/ai-cd"], ["root/masked"], ["home/mona/ai-cd", "mona"]] as const) {
    execFileSync("git", ["clone", "--quiet", "--no-hardlinks", CHECKOUT, join(root, path)]);
    if (owner !== undefined) execFileSync("chroot", [root, "chown", "-R", `${owner}:${owner}`, `/${path}`]);
  }
  execFileSync("chmod", ["-R", "go-rwx", join(root, "root/masked")]);
  for (const machine of all.filter(isWanted)) failed += (await visit(root, machine)) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.stdout.write(failed === 0 ? "\nEvery machine did as it should.\n" : `\n${failed} did not.\n`);
process.exitCode = failed === 0 ? 0 : 1;

function isWanted({ name, checkout }: Machine): boolean {
  return (
    values.only === undefined ||
    new RegExp(values.only).test(name) ||
    (name.endsWith("npm ci") && neededBy(values.only).has(checkout))
  );
}

/** Checkouts in which something is done that was asked for. */
function neededBy(only: string): Set<string> {
  return new Set(all.filter(({ name }) => new RegExp(only).test(name)).map(({ checkout }) => checkout));
}

/** One row of the table. @returns whether it did as it should */
async function visit(root: string, machine: Machine): Promise<boolean> {
  const script = `cd "${machine.checkout}" || exit 1\n${machine.script}`;
  const { output, seconds } = await enter(root, { ...machine, script });
  const isRight =
    machine.says === undefined
      ? machine.works?.test(output) === true
      : machine.says.test(output) && !output.includes("\n    at ");
  const last = output.split("\n").at(-1) ?? "";
  const row = [
    isRight ? "✔" : "✘",
    machine.name.padEnd(42),
    `${seconds.toFixed(1)} s`.padStart(9),
    last.slice(0, 110),
  ];
  process.stdout.write(`${row.join("  ")}\n`);
  const log = join(tmpdir(), "aicd-fresh.log");
  appendFileSync(log, `\n=== ${machine.name}\n${output}\n`);
  if (!isRight) process.stdout.write(`${output.slice(-1_500).replaceAll(/^/gm, "    │ ")}\n`);
  return isRight;
}
