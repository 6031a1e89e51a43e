import type { TestCounts } from "@aicd/core";

type Parser = { name: string; parse(output: string): TestCounts | undefined };

/** Programs whose summaries we can read; the first that recognises an output counts it. */
const PARSERS: readonly Parser[] = [
  { name: "node:test and TAP summaries", parse: summary(/^(?:# |ℹ )(pass|fail|skipped|todo) (\d+)$/gm) },
  { name: "vitest and jest", parse: perLine(/^\s*Tests:?\s{1,8}(.*)$/gm) },
  {
    name: "pytest",
    parse: perLine(
      /^=* ?((?:\d+ (?:passed|failed|skipped|errors?|xfailed|xpassed|warnings?|deselected),? ?)+) in [\d.]+s/gm,
    ),
  },
  { name: "cargo test", parse: perLine(/^test result: \w+\. (.*)$/gm) },
  { name: "mocha", parse: summary(/^\s{2}(\d+) (passing|failing|pending)/gm) },
  { name: "unittest", parse: unittest },
  { name: "go test -v", parse: occurrences(/^\s*--- (PASS|FAIL|SKIP): /gm) },
  { name: "go test -json", parse: occurrences(/"Action":"(pass|fail|skip)",(?=[^\n]*"Test":)/g) },
  { name: "rspec", parse: rspec },
  { name: "JUnit XML", parse: junit },
  { name: "maven surefire", parse: surefire },
  { name: "plain TAP", parse: tap },
];

const KIND: Record<string, keyof TestCounts> = {
  pass: "passed",
  passed: "passed",
  passing: "passed",
  xfailed: "passed",
  fail: "failed",
  failed: "failed",
  failing: "failed",
  error: "failed",
  errors: "failed",
  xpassed: "failed",
  skip: "skipped",
  skipped: "skipped",
  ignored: "skipped",
  pending: "skipped",
  todo: "skipped",
};

/** Counts of the tests a command ran, or null when its output shows none. */
export function countTests(output: string): TestCounts | null {
  for (const parser of PARSERS) {
    const counts = parser.parse(output);
    if (counts !== undefined && counts.passed + counts.failed + counts.skipped > 0) return counts;
  }
  return null;
}

/** Matches of a word and a number, in either order, summed over the output. */
function summary(pattern: RegExp): Parser["parse"] {
  return (output) => {
    const counts = none();
    let any = false;
    for (const [, a = "", b = ""] of output.matchAll(pattern)) {
      const [word, number] = /^\d/.test(a) ? [b, a] : [a, b];
      any = add(counts, word, Number(number)) || any;
    }
    return any ? counts : undefined;
  };
}

/** Lines such as `3 failed, 12 passed`, summed. */
function perLine(pattern: RegExp): Parser["parse"] {
  return (output) => {
    const counts = none();
    let any = false;
    for (const [, line = ""] of output.matchAll(pattern)) {
      for (const [, number = "0", word = ""] of line.matchAll(/(\d+) ([a-z]+)/g)) {
        any = add(counts, word, Number(number)) || any;
      }
    }
    return any ? counts : undefined;
  };
}

function occurrences(pattern: RegExp): Parser["parse"] {
  return (output) => {
    const counts = none();
    let any = false;
    for (const [, word = ""] of output.matchAll(pattern)) any = add(counts, word.toLowerCase(), 1) || any;
    return any ? counts : undefined;
  };
}

function unittest(output: string): TestCounts | undefined {
  const ran = /^Ran (\d+) tests? in /m.exec(output);
  if (ran === null) return undefined;
  const detail = /^(?:OK|FAILED)(?: \(([^)]*)\))?$/m.exec(output)?.[1] ?? "";
  const part = (name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(detail)?.[1] ?? 0);
  const failed = part("failures") + part("errors");
  const skipped = part("skipped");
  return { passed: Number(ran[1]) - failed - skipped, failed, skipped };
}

function rspec(output: string): TestCounts | undefined {
  const found = /^(\d+) examples?, (\d+) failures?(?:, (\d+) pending)?/m.exec(output);
  if (found === null) return undefined;
  return ofTotal(found[1], found[2], found[3]);
}

function surefire(output: string): TestCounts | undefined {
  const rows = [...output.matchAll(/Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)$/gm)];
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  return ofTotal(last[1], String(Number(last[2]) + Number(last[3])), last[4]);
}

function junit(output: string): TestCounts | undefined {
  const counts = none();
  let any = false;
  for (const [, attributes = ""] of output.matchAll(/<testsuite\s([^>]{1,2000})>/g)) {
    const part = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
    const suite = ofTotal(
      String(part("tests")),
      String(part("failures") + part("errors")),
      String(part("skipped")),
    );
    counts.passed += suite.passed;
    counts.failed += suite.failed;
    counts.skipped += suite.skipped;
    any = true;
  }
  return any ? counts : undefined;
}

function tap(output: string): TestCounts | undefined {
  if (!/^(?:TAP version \d+|1\.\.\d+)$/m.test(output)) return undefined;
  const counts = none();
  for (const [, not, rest = ""] of output.matchAll(/^(not )?ok\b(.*)$/gm)) {
    if (/# (?:skip|todo)/i.test(rest)) counts.skipped += 1;
    else if (not === undefined) counts.passed += 1;
    else counts.failed += 1;
  }
  return counts;
}

function ofTotal(total = "0", failures = "0", skips = "0"): TestCounts {
  const failed = Number(failures);
  const skipped = Number(skips);
  return { passed: Math.max(0, Number(total) - failed - skipped), failed, skipped };
}

function none(): TestCounts {
  return { passed: 0, failed: 0, skipped: 0 };
}

function add(counts: TestCounts, word: string, number: number): boolean {
  const kind = KIND[word];
  if (kind === undefined) return false;
  counts[kind] += number;
  return true;
}
