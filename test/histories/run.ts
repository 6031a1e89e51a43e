import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** Lives in one world. Its GitHub grows with each, and every list that is read with it. */
const OF_A_WORLD = 100;

/**
 * `npm run test:histories -- --runs 10000 --seed 1`: random lives of an issue, spread over the processors; `npm test`
 * plays a few of them. Each hundred has a world and a seed of its own, which is named when one of them fails.
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
const worlds = Math.ceil(runs / OF_A_WORLD);
let [next, held] = [0, 0];
const failed: string[] = [];

/** One world after the other, until all are played or one has failed. */
async function playOn(): Promise<void> {
  while (next < worlds && failed.length === 0) {
    const index = next++;
    const lives = Math.min(OF_A_WORLD, runs - index * OF_A_WORLD);
    const { code, said } = await play(seed + index, lives);
    if (code === 0) held += lives;
    else {
      failed.push(`AICD_SEED=${seed + index} AICD_HISTORIES=${lives}`);
      process.stdout.write(said);
    }
    process.stderr.write(`${held} of ${runs} lives held\n`);
  }
}

function play(own: number, lives: number): Promise<{ code: number; said: string }> {
  const env = { ...process.env, AICD_SEED: String(own), AICD_HISTORIES: String(lives) };
  const args = [vitest, "run", "--configLoader", "native", "--retry", "0", file];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env });
  let said = "";
  for (const out of [child.stdout, child.stderr]) {
    out.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? 1, said })));
}

await Promise.all(Array.from({ length: Math.min(availableParallelism(), worlds) }, playOn));
for (const which of failed) process.stdout.write(`again: ${which} npx vitest run --retry 0 ${file}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
