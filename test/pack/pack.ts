import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { travel } from "./journey.ts";
import { pack } from "./packed.ts";

/**
 * `npm run test:pack`: what would be published, installed by npm into an empty folder, on each Node that is
 * promised; the oldest also plays the whole demo. It needs the registry.
 */
const NODES = [20, 22, 24];
const packed = pack();
try {
  for (const major of NODES) {
    const folder = join(packed.directory, `node-${major}`);
    mkdirSync(join(folder, "work"), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"private":true}');
    npm(folder, "install", "--no-audit", "--no-fund", packed.commandLine, packed.sdk, `node@${major}`);
    const node = pathOfNode(folder);
    const program = [node, join(folder, "node_modules/aicd/dist/aicd.js")];
    const version = execFileSync(node, ["--version"]).toString().trim();
    const { branches, patches } = await travel(program, join(folder, "work"));
    if (branches.length !== 2 || patches.length !== 1) throw new Error(`${version}: no branch or no patch`);
    execFileSync(node, ["--input-type=module", "-e", 'await import("@aicd/sdk")'], { cwd: folder });
    process.stdout.write(`${version}: init, run → ${branches[0]}, a patch\n`);
    if (major === NODES[0]) process.stdout.write(`${version}: demo → ${demo(program, folder)}\n`);
  }
} finally {
  rmSync(packed.directory, { recursive: true, force: true });
}

/** npm's `node` package may leave its program where install scripts are switched off; the platform's package has it. */
function pathOfNode(folder: string): string {
  const found = execFileSync("find", ["node_modules", "-path", "*/bin/node", "-type", "f"], { cwd: folder });
  const [first] = found.toString().trim().split("\n");
  if (!first) throw new Error("npm has no Node for this machine");
  return join(folder, first);
}

function demo([node = "", ...args]: string[], folder: string): string {
  const printed = execFileSync(node, [...args, "demo", "--json"], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(printed.toString().trim().split("\n").at(-1) ?? "{}").outcome;
}

function npm(cwd: string, ...args: string[]): void {
  execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}
