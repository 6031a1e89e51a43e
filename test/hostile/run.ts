import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** What `npm test` does a share of: every hostile command, payload, token, text and model call. */
const FILES = [
  "packages/runner/src/sandbox/hostile.service.test.ts",
  "packages/runner/src/evil-agent.service.test.ts",
  "app/src/hostile.test.ts",
  "packages/github/src/oidc-matrix.test.ts",
  "control-plane/src/models/gateway.service.test.ts",
  "control-plane/src/wire/hostile-texts.service.test.ts",
] as const;
/** 50,000 requests: the operations of the API are dealt out to as many processes as there are processors. */
const CONTRACT = "control-plane/src/api/contract.service.test.ts";

const root = join(import.meta.dirname, "../..");
const vitest = join(root, "node_modules/vitest/vitest.mjs");

function run(files: readonly string[], more: Record<string, string> = {}): Promise<number> {
  const child = spawn(process.execPath, [vitest, "run", "--configLoader", "native", ...files], {
    cwd: root,
    stdio: "inherit",
    env: { AICD_SEED: "random", ...process.env, AICD_HOSTILE: "deep", ...more },
  });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

const parts = availableParallelism();
const first = await run(FILES);
const codes = await Promise.all(
  Array.from({ length: parts }, (_, index) => run([CONTRACT], { AICD_PART: `${index + 1}/${parts}` })),
);
process.exitCode = Math.max(first, ...codes);
