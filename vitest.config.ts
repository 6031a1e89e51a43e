import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const source = ["app/src/**", "action/src/**", "control-plane/src/**", "packages/*/src/**"];

// Workers and the programs they start read the same modules again and again: compiled once, a fifth less to do.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "aicd-test-compiled");

/**
 * `unit` needs nothing; `service` needs real Postgres/Redis/git; `e2e` runs whole programs. Files of the first share their
 * worker's modules, which are read once: what a file changes for all, it puts back.
 */
export default defineConfig({
  test: {
    // Tests wait a lot: for processes, for git, for streams. By default two cores would get one worker.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ["default", "./test/reporter.ts"],
    // What servers and libraries say is shown with the test that failed, and nowhere else.
    silent: "passed-only",
    // Waiting ends when it happens; these only say when it never will, also on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    setupFiles: ["./test/properties.ts"],
    globalSetup: ["./test/machine.ts", "./packages/db/src/testing/global-setup.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          isolate: false,
          include: source.map((dir) => `${dir}/*.test.ts`),
          exclude: ["**/*.service.test.ts", "**/node_modules/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "service",
          include: source.map((dir) => `${dir}/*.service.test.ts`),
          // Real servers on a machine that others use too: what passes at the second try is named by the reporter.
          retry: 1,
        },
      },
      { extends: true, test: { name: "architecture", include: ["test/architecture/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 180_000,
          retry: 1,
        },
      },
    ],
  },
});
