import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/**
 * `npm run test:histories -- --runs 10000 --seed 1`: random lives of an issue, spread over the processors; `npm test`
 * plays a few of them. Each process has a seed of its own, which a failure names with the life that failed.
 */
const { values } = parseArgs({
  options: { runs: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write("--runs and --seed are whole numbers, --runs at least 1\n");
  process.exit(2);
}

const root = join(import.meta.dirname, "../..");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const file = "control-plane/src/wire/histories.service.test.ts";
const processes = Math.min(availableParallelism(), runs);

function play(index: number): Promise<number> {
  const share = Math.floor(runs / processes) + (index < runs % processes ? 1 : 0);
  const env = { ...process.env, AICD_SEED: String(seed + index), AICD_HISTORIES: String(share) };
  const args = [vitest, "run", "--configLoader", "native", "--retry", "0", file];
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

const codes = await Promise.all(Array.from({ length: processes }, (_, index) => play(index)));
process.exitCode = Math.max(...codes);
