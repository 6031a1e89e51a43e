import { describe, expect, it } from "vitest";
import { type CheckConclusion, type CheckResult, type CiHistory, decideCi, fingerprintOf } from "./ci.ts";

const NONE: CiHistory = { rounds: 0, fingerprint: null };
const result = (given: Partial<CheckResult> = {}): CheckResult => ({
  ...{ name: "test", tests: [], excerpt: "boom", conclusion: "failure" },
  ...{ passedBefore: false, redOnBase: undefined, ...given },
});
const decided = (results: CheckResult[], history = NONE, most = 2) => decideCi(results, { history, most });

describe("checks that have ended", () => {
  it.each<[CheckConclusion, string]>([
    ["success", "green"],
    ["neutral", "green"],
    ["skipped", "green"],
    ["failure", "mend"],
    ["timed_out", "mend"],
    ["startup_failure", "person"],
    ["action_required", "person"],
    ["cancelled", "person"],
    ["stale", "person"],
  ])("with %s are %s", (conclusion, kind) => {
    expect(decided([result({ name: "lint", conclusion: "success" }), result({ conclusion })])).toMatchObject({
      kind,
    });
  });

  it("are waited for until the last one, also when one is red already", () => {
    expect(decided([result(), result({ name: "slow", conclusion: null })])).toEqual({ kind: "pending" });
  });

  it("that nobody runs are green", () => {
    expect(decided([])).toEqual({ kind: "green" });
  });
});

describe("a red check", () => {
  it.each<[string, Partial<CheckResult>, object]>([
    ["that passed on the same commit is chance", { passedBefore: true }, { flaky: ["test"], onBase: [] }],
    [
      "whose tests fail on the base too is the base's",
      { tests: ["a"], redOnBase: { tests: ["b", "a"] } },
      { flaky: [], onBase: ["test"] },
    ],
    [
      "that names no test and is red on the base is the base's",
      { redOnBase: { tests: [] } },
      { onBase: ["test"] },
    ],
  ])("%s", (_what, given, excused) => {
    expect(decided([result(given)])).toMatchObject({ kind: "excused", ...excused });
  });

  it("is mended for what is new in it, not for what the base has", () => {
    const decision = decided([result({ tests: ["old", "new"], redOnBase: { tests: ["old"] } })]);

    expect(decision).toMatchObject({ kind: "mend", failing: [{ name: "test", tests: ["new"] }] });
  });

  it("that is ours is mended, whatever else is red by chance", () => {
    const decision = decided([result({ name: "e2e", passedBefore: true }), result({ name: "unit" })]);

    expect(decision).toMatchObject({ kind: "mend", failing: [{ name: "unit" }] });
  });

  it("is given up after as many rounds as are allowed, and never begun where none is", () => {
    expect(decided([result()], { rounds: 2, fingerprint: "other" })).toMatchObject({ why: "rounds" });
    expect(decided([result()], NONE, 0)).toMatchObject({ kind: "stop", why: "rounds" });
  });

  it("is given up when a round left it as it was", () => {
    const fingerprint = fingerprintOf([result()]);

    expect(decided([result()], { rounds: 1, fingerprint })).toMatchObject({ kind: "stop", why: "same" });
  });
});

describe("a fingerprint", () => {
  const of = (given: Partial<CheckResult>) => fingerprintOf([result(given)]);

  it("is that of the tests, in any order and whatever is said around them", () => {
    expect(of({ tests: ["a", "b"], excerpt: "x" })).toBe(of({ tests: ["b", "a"], excerpt: "y" }));
    expect(of({ tests: ["a"] })).not.toBe(of({ tests: ["b"] }));
  });

  it("is else that of the words without times, counts and commits", () => {
    expect(of({ excerpt: "at c0ffee1 in 12 ms" })).toBe(of({ excerpt: "at 1badcafe in 7 ms" }));
    expect(of({ excerpt: "cannot find a" })).not.toBe(of({ excerpt: "cannot find b" }));
  });

  it("is the same in whichever order checks are told", () => {
    const [a, b] = [result({ name: "a" }), result({ name: "b" })];

    expect(fingerprintOf([a, b])).toBe(fingerprintOf([b, a]));
  });
});
