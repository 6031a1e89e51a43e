import { describe, expect, it } from "vitest";
import { plain } from "../sandbox/plain.ts";
import { countTests } from "./counts.ts";

describe("countTests", () => {
  it.each([
    [
      "node:test, spec",
      "✔ a (1ms)\nℹ tests 5\nℹ suites 1\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n",
      [3, 1, 1],
    ],
    [
      "node:test, TAP",
      "TAP version 13\n# Subtest: a\nok 1 - a\n1..1\n# tests 3\n# pass 2\n# fail 1\n# skipped 0\n",
      [2, 1, 0],
    ],
    ["vitest", " Test Files  2 passed (2)\n      Tests  1 failed | 7 passed | 2 skipped (10)\n", [7, 1, 2]],
    [
      "vitest in colours",
      plain("\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m4 passed\u001b[39m\u001b[22m (4)\n"),
      [4, 0, 0],
    ],
    ["jest", "Tests:       1 failed, 2 skipped, 9 passed, 12 total\nSnapshots:   0 total\n", [9, 1, 2]],
    ["jest in a workspace", "Tests:  2 passed, 2 total\n\nTests:  3 passed, 3 total\n", [5, 0, 0]],
    ["pytest", "tests/a.py ..F\n=== 1 failed, 12 passed, 3 skipped, 2 warnings in 0.53s ===\n", [12, 1, 3]],
    ["pytest -q", "...\n3 passed in 0.01s\n", [3, 0, 0]],
    ["pytest with errors", "= 2 passed, 1 error in 1.20s =\n", [2, 1, 0]],
    ["unittest", "Ran 12 tests in 0.003s\n\nFAILED (failures=1, errors=2, skipped=1)\n", [8, 3, 1]],
    ["unittest, green", "Ran 2 tests in 0.1s\n\nOK\n", [2, 0, 0]],
    [
      "go test -v",
      "=== RUN TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/sub (0.00s)\n--- FAIL: TestB (0.1s)\n--- SKIP: TestC\nFAIL\n",
      [2, 1, 1],
    ],
    [
      "go test -json",
      '{"Action":"run","Test":"TestA"}\n{"Action":"pass","Package":"p","Test":"TestA"}\n{"Action":"fail","Package":"p","Test":"TestB"}\n{"Action":"pass","Package":"p"}\n',
      [1, 1, 0],
    ],
    [
      "cargo",
      "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\ntest result: FAILED. 1 passed; 2 failed; 0 ignored;\n",
      [5, 2, 1],
    ],
    ["mocha", "\n  12 passing (30ms)\n  1 pending\n  2 failing\n", [12, 2, 1]],
    ["rspec", "Finished in 0.1 seconds\n10 examples, 2 failures, 1 pending\n", [7, 2, 1]],
    [
      "maven",
      "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s\n[INFO] Tests run: 9, Failures: 1, Errors: 1, Skipped: 2\n",
      [5, 2, 2],
    ],
    [
      "JUnit XML",
      '<testsuites>\n<testsuite name="a" tests="4" failures="1" errors="0" skipped="1" time="0.1">\n</testsuite>\n',
      [2, 1, 1],
    ],
    ["plain TAP", "1..4\nok 1 - a\nnot ok 2 - b\nok 3 # SKIP later\nok 4\n", [2, 1, 1]],
  ] as [string, string, [number, number, number]][])("reads %s", (_, output, [passed, failed, skipped]) => {
    expect(countTests(output)).toEqual({ passed, failed, skipped });
  });

  it.each(["", "All good.\n", "BUILD SUCCESSFUL in 3s\n", "3 passed the salt\n"])(
    "does not invent counts for %j",
    (output) => {
      expect(countTests(output)).toBeNull();
    },
  );

  it("reads a megabyte of hostile output quickly", () => {
    const nasty = `${"=".repeat(300_000)}${"1 passed, ".repeat(30_000)}${"Tests ".repeat(50_000)}<testsuite ${"a".repeat(200_000)}`;
    const started = performance.now();

    countTests(nasty);

    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
