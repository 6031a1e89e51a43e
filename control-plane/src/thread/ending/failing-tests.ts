const SHOWN = 20;
const NAME_CHARACTERS = 200;

/** How programs name a test that failed: TAP, marks, pytest, unittest, cargo, go. */
const PATTERNS: readonly RegExp[] = [
  /^ {0,40}not ok \d+(?: -)? (?<name>[^\n]{1,500})$/gm,
  /^ {0,40}[✗✘✖×✕] (?<name>[^\n]{1,500})$/gm,
  /^(?:FAILED|ERROR) (?<name>[^\s:]{1,300}::\S{1,500})/gm,
  /^(?:FAIL|ERROR): (?<name>test\w{0,200} \([\w.]{1,300}\))/gm,
  /^test (?<name>\S{1,300}) \.\.\. FAILED/gm,
  /^ {0,40}--- FAIL: (?<name>\S{1,500})/gm,
];
/** A heading of node's reporter has the mark of a failed test, and a skipped one is called not ok. */
const NO_TEST = /^failing tests:?$|# (?:skip|todo)\b/i;
const DURATION = / \(?[\d.]+ ?m?s\)?$| # time=\S+$/;

/** Names of the tests that failed, as far as an output tells, each once. */
export function failingTests(output: string): string[] {
  const names = new Set<string>();
  for (const pattern of PATTERNS) {
    for (const { groups } of output.matchAll(pattern)) {
      const name = groups?.name?.trim().replace(DURATION, "").trim() ?? "";
      if (name !== "" && !NO_TEST.test(name)) names.add(name.slice(0, NAME_CHARACTERS).toWellFormed());
    }
  }
  return [...names];
}

/** As lines for a fence, with the number of those that did not fit. */
export function listTests(names: readonly string[]): string {
  const more = names.length > SHOWN ? [`… and ${names.length - SHOWN} more`] : [];
  return [...names.slice(0, SHOWN), ...more].join("\n");
}
