import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const MAIN = join(import.meta.dirname, "main.ts");

function aicd(...args: string[]) {
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  return spawnSync(process.execPath, [MAIN, ...args], { env: env as NodeJS.ProcessEnv, encoding: "utf8" });
}

it.each([
  [["tasks", "list", "--limit", "abc"], "--limit"],
  [["index", "--limit", "0"], "--limit"],
  [["run", "--repo", ".", "--issue", "x", "--budget", "much"], "--budget 5"],
  [["run", "--repo", "."], "--issue"],
  [["rum"], "did you mean run?"],
  [["demo", "--jsn"], "--json"],
])("a wrong command line %j is one line and ends with 64", (args, words) => {
  const { status, stderr } = aicd(...args);

  expect(status).toBe(64);
  expect(stderr.toLowerCase()).toContain(words);
  expect(stderr).not.toContain("    at ");
});

it("tells its version", () => {
  const { status, stdout } = aicd("--version");

  expect(status).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
