import type { Reporter, TestModule } from "vitest/node";
import { fieldRows } from "./field/rows.ts";

/** Whether the run has looked that the rows of the field are held. */
const FIELD_TEST = /test\/architecture\/field\.test\.ts$/;

/** Prints `N passed, N failed` (and skips, when there are any) as the last line of a run, above it what the field holds and which tests passed only when they were tried again. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>): void {
    const again: string[] = [];
    const count = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) {
      const before = count.failed;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === "passed" || state === "failed" || state === "skipped") count[state] += 1;
        if (test.diagnostic()?.flaky === true) again.push(`${module.relativeModuleId}: ${test.fullName}`);
      }
      // A file or a hook that broke before its tests could.
      if (!module.ok() && count.failed === before) count.failed += 1;
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    const field = modules.find(({ moduleId }) => FIELD_TEST.test(moduleId));
    process.once("exit", () => {
      for (const name of again) process.stdout.write(`passed at the second try: ${name}\n`);
      if (field?.ok() === true) process.stdout.write(`FIELD: ${fieldRows().length} rows\n`);
      process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`);
    });
  }
}
