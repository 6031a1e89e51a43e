import type { CommandRun } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { readCases } from "./cases.ts";
import { compareTests, rememberCases } from "./compare.ts";
import { judgeChecks } from "./judge-checks.ts";

const OUTPUTS: [string, string, Record<string, string>][] = [
  [
    "TAP",
    "TAP version 13\nok 1 - adds\nnot ok 2 - subtracts\nok 3 - divides # SKIP later\n1..3\n",
    { adds: "passed", subtracts: "failed", divides: "skipped" },
  ],
  [
    "node:test's spec",
    "▶ math\n  ✔ adds (0.4ms)\n  ✖ subtracts (1.2ms)\n  ﹣ divides (0.1ms) # SKIP\n▶ math (3ms)\n",
    { adds: "passed", subtracts: "failed", divides: "skipped" },
  ],
  [
    "node:test's spec, which lists its failures once more under a heading",
    "✔ adds (0.4ms)\n✖ subtracts (1.2ms)\nℹ tests 2\n\n✖ failing tests:\n\ntest at m.test.js:3:1\n✖ subtracts (1.2ms)\n",
    { adds: "passed", subtracts: "failed" },
  ],
  [
    "JUnit XML",
    '<testsuite tests="3"><testcase classname="m.T" name="adds"/><testcase classname="m.T" name="subtracts"><failure message="x">no</failure></testcase><testcase classname="m.T" name="divides"><skipped/></testcase></testsuite>',
    { "m.T.adds": "passed", "m.T.subtracts": "failed", "m.T.divides": "skipped" },
  ],
  [
    "jest's and vitest's JSON",
    '{"numTotalTestSuites":1,"testResults":[{"assertionResults":[{"fullName":"math adds","status":"passed"},{"fullName":"math subtracts","status":"failed"},{"fullName":"math divides","status":"pending"}]}]}',
    { "math adds": "passed", "math subtracts": "failed", "math divides": "skipped" },
  ],
  [
    "go test -json",
    '{"Action":"run","Package":"m","Test":"TestAdds"}\n{"Time":"2026-01-01T00:00:00Z","Action":"pass","Package":"m","Test":"TestAdds","Elapsed":0}\n{"Action":"fail","Package":"m","Test":"TestSubtracts"}\n{"Action":"fail","Package":"m"}\n',
    { "m.TestAdds": "passed", "m.TestSubtracts": "failed" },
  ],
  [
    "go test -v",
    "=== RUN   TestAdds\n--- PASS: TestAdds (0.00s)\n    --- FAIL: TestSubtracts/small (0.01s)\n--- SKIP: TestDivides (0.00s)\n",
    { TestAdds: "passed", "TestSubtracts/small": "failed", TestDivides: "skipped" },
  ],
  [
    "pytest -v",
    "tests/test_m.py::test_adds PASSED [ 33%]\ntests/test_m.py::test_subtracts FAILED [ 66%]\ntests/test_m.py::test_divides SKIPPED (later) [100%]\n",
    {
      "tests/test_m.py::test_adds": "passed",
      "tests/test_m.py::test_subtracts": "failed",
      "tests/test_m.py::test_divides": "skipped",
    },
  ],
  [
    "unittest -v",
    "test_adds (m.T.test_adds) ... ok\ntest_subtracts (m.T.test_subtracts) ... FAIL\ntest_divides (m.T.test_divides)\nDivides. ... skipped 'later'\n",
    {
      "test_adds (m.T.test_adds)": "passed",
      "test_subtracts (m.T.test_subtracts)": "failed",
      "test_divides (m.T.test_divides)": "skipped",
    },
  ],
  [
    "cargo test",
    "test math::adds ... ok\ntest math::subtracts ... FAILED\ntest math::divides ... ignored\n",
    { "math::adds": "passed", "math::subtracts": "failed", "math::divides": "skipped" },
  ],
];

describe("readCases", () => {
  it.each(OUTPUTS)("reads %s test by test", (_, output, expected) => {
    const cases = readCases(output);

    expect(Object.fromEntries(cases?.outcomes ?? [])).toEqual(expected);
    expect(cases?.complete).toBe(true);
  });

  it.each([
    ["pytest", "FAILED tests/test_m.py::test_subtracts - assert 1 == 2\n1 failed, 3 passed in 0.1s\n"],
    ["unittest", "FAIL: test_subtracts (m.T.test_subtracts)\nRan 4 tests in 0.1s\n"],
    ["go test", "--- FAIL: TestSubtracts (0.00s)\nFAIL\n"],
  ])("knows that %s names only its failures", (_, output) => {
    expect(readCases(output)?.complete).toBe(false);
    expect([...(readCases(output)?.outcomes.values() ?? [])]).toEqual(["failed"]);
  });

  it.each([
    "",
    "all good",
    "{not json",
    "ok then, 5 passed",
    '{"Action":"constructor","Package":"m","Test":"TestAdds"}',
    '{"numTotalTestSuites":1,"testResults":[{"assertionResults":[{"fullName":"adds","status":"toString"}]}]}',
  ])("sees no tests in %j", (output) => {
    expect(readCases(output)).toBeUndefined();
  });

  it("ends in time on megabytes that only look like tests", () => {
    const start = performance.now();
    for (const line of ["<testcase ", "✔ a", "test_a (m", "tests/a::", "ok 1 - ", '{"Action":']) {
      readCases(`1..9\n${line.repeat(300_000)}`);
    }

    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

function ran(exitCode: number, output: string): CommandRun {
  const run = { command: "npm test", exitCode, durationMs: 1, tests: null, outputTail: output.slice(-500) };
  rememberCases(run, output);
  return run;
}

describe("a change, test by test", () => {
  const before = ran(1, "1..4\nok 1 - a\nnot ok 2 - b\nok 3 - c\nnot ok 4 - e\n");

  it("says what it mended, broke, added and took away", () => {
    const after = ran(1, "1..4\nnot ok 1 - a\nok 2 - b\nok 3 - d\nnot ok 4 - e\n");

    expect(compareTests([before], [after])).toEqual({
      fixed: ["b"],
      broken: ["a"],
      added: ["d"],
      gone: ["c"],
      failing: ["e"],
    });
  });

  it("is sent back when another test fails instead, though no more of them do", () => {
    const swapped = ran(1, "1..4\nnot ok 1 - a\nok 2 - b\nok 3 - c\nnot ok 4 - e\n");
    const same = ran(1, "1..4\nok 1 - a\nnot ok 2 - b\nok 3 - c\nnot ok 4 - e\n");

    expect(judgeChecks([before], [swapped])).toMatchObject([
      { why: expect.stringContaining("did not fail before: a") },
    ]);
    expect(judgeChecks([before], [same])).toEqual([]);
  });

  it("knows what turned green where only failures are named", () => {
    const red = ran(1, "FAILED tests/test_m.py::test_b - x\n1 failed, 2 passed in 0.1s\n");
    const green = ran(0, "3 passed in 0.1s\n");

    expect(compareTests([red], [green])).toMatchObject({
      fixed: ["tests/test_m.py::test_b"],
      broken: [],
      gone: [],
    });
  });

  it("is silent where nothing is named", () => {
    expect(compareTests([ran(1, "boom")], [ran(1, "boom")])).toBeUndefined();
  });
});
