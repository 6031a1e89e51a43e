import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** What `npm test` does a share of: every hostile command, payload, token, request and model call. */
const FILES = [
  "packages/runner/src/sandbox/hostile.service.test.ts",
  "packages/runner/src/evil-agent.service.test.ts",
  "app/src/hostile.test.ts",
  "packages/github/src/oidc-matrix.test.ts",
  "control-plane/src/api/contract.service.test.ts",
  "control-plane/src/models/gateway.service.test.ts",
] as const;

const root = join(import.meta.dirname, "../..");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "--configLoader", "native", ...FILES], {
  cwd: root,
  stdio: "inherit",
  env: { AICD_SEED: "random", ...process.env, AICD_HOSTILE: "deep" },
});
process.exitCode = status ?? 1;
