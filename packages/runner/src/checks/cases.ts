type Outcome = "passed" | "failed" | "skipped";
/** Tests by name. `complete`: the output names the passing ones too, not only those that fail. */
export type Cases = { complete: boolean; outcomes: Map<string, Outcome> };

const MAX_CASES = 20_000;
type Reader = (output: string) => Cases | undefined;

/**
 * What became of each test, where a program's output tells: TAP, JUnit XML, the JSON of jest, vitest and
 * go, and the usual line formats. Undefined when it names none.
 */
export function readCases(output: string): Cases | undefined {
  for (const read of READERS) {
    const cases = read(output);
    if (cases !== undefined && cases.outcomes.size > 0) return cases;
  }
  return undefined;
}

/** Lines with a name and a word for what became of it. */
function lines(pattern: RegExp, words: Record<string, Outcome>, complete = true): Reader {
  return (output) => {
    const outcomes = new Map<string, Outcome>();
    for (const { groups } of output.matchAll(pattern)) {
      const outcome = words[groups?.word?.toLowerCase() ?? ""];
      if (outcome !== undefined && groups?.name !== undefined) note(outcomes, groups.name, outcome);
    }
    return { complete, outcomes };
  };
}

/** A name that comes twice has failed if it failed once: retries and parameters share names. */
function note(outcomes: Map<string, Outcome>, name: string, outcome: Outcome): void {
  const clean = name.trim();
  if (clean === "" || outcomes.size >= MAX_CASES || outcomes.get(clean) === "failed") return;
  outcomes.set(clean, outcome);
}

const READERS: readonly Reader[] = [
  jestJson,
  goJson,
  junit,
  lines(/^(?<name>[^\s:]{1,300}::\S{1,500}) (?<word>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b/gm, {
    passed: "passed",
    failed: "failed",
    error: "failed",
    skipped: "skipped",
    xfail: "passed",
    xpass: "failed",
  }),
  lines(
    /^(?<name>test\w{0,200} \([\w.]{1,300}\))(?:\n[^\n]{0,300})? \.\.\. (?<word>ok|FAIL|ERROR|skipped)/gm,
    {
      ok: "passed",
      fail: "failed",
      error: "failed",
      skipped: "skipped",
    },
  ),
  lines(/^test (?<name>\S{1,300}) \.\.\. (?<word>ok|FAILED|ignored)/gm, {
    ok: "passed",
    failed: "failed",
    ignored: "skipped",
  }),
  goText,
  tap,
  marks,
  // What only names its failures still tells which of them are gone.
  lines(
    /^(?<word>FAILED|ERROR) (?<name>[^\s:]{1,300}::\S{1,500})/gm,
    { failed: "failed", error: "failed" },
    false,
  ),
  lines(
    /^(?<word>FAIL|ERROR): (?<name>test\w{0,200} \([\w.]{1,300}\))/gm,
    { fail: "failed", error: "failed" },
    false,
  ),
];

function jestJson(output: string): Cases | undefined {
  const start = output.search(/^\{"num(?:Total|Failed)TestSuites"/m);
  if (start === -1) return undefined;
  const outcomes = new Map<string, Outcome>();
  const words = new Map<string, Outcome>([
    ["passed", "passed"],
    ["failed", "failed"],
    ["pending", "skipped"],
    ["skipped", "skipped"],
    ["todo", "skipped"],
    ["disabled", "skipped"],
  ]);
  const line = output.slice(start).split("\n", 1)[0] ?? "";
  try {
    const report = JSON.parse(line) as {
      testResults?: { assertionResults?: { fullName?: unknown; status?: unknown }[] }[];
    };
    for (const { assertionResults = [] } of report.testResults ?? []) {
      for (const { fullName, status } of assertionResults) {
        const outcome = words.get(String(status));
        if (outcome !== undefined) note(outcomes, String(fullName), outcome);
      }
    }
  } catch {
    // Cut, or not what it looked like.
    return undefined;
  }
  return { complete: true, outcomes };
}

function goJson(output: string): Cases | undefined {
  const outcomes = new Map<string, Outcome>();
  const words = new Map<string, Outcome>([
    ["pass", "passed"],
    ["fail", "failed"],
    ["skip", "skipped"],
  ]);
  for (const [line] of output.matchAll(/^\{"Time":[^\n]{1,4000}\}$|^\{"Action":[^\n]{1,4000}\}$/gm)) {
    try {
      const event = JSON.parse(line) as { Action?: unknown; Test?: unknown; Package?: unknown };
      const outcome = words.get(String(event.Action));
      if (outcome !== undefined && typeof event.Test === "string") {
        note(outcomes, `${String(event.Package)}.${event.Test}`, outcome);
      }
    } catch {
      // A line the program printed itself.
    }
  }
  return { complete: true, outcomes };
}

function goText(output: string): Cases | undefined {
  const words = { pass: "passed", fail: "failed", skip: "skipped" } as const;
  const read = lines(/^ {0,40}--- (?<word>PASS|FAIL|SKIP): (?<name>\S{1,500})/gm, words)(output);
  // Without -v only failures have lines.
  const passing = read !== undefined && [...read.outcomes.values()].includes("passed");
  return read === undefined ? undefined : { ...read, complete: passing };
}

function junit(output: string): Cases | undefined {
  const outcomes = new Map<string, Outcome>();
  const pattern = /<testcase\b(?<attributes>[^>]{1,2000}?)(?:\/>|>(?<inner>[\s\S]{0,20000}?)<\/testcase>)/g;
  for (const { groups } of output.matchAll(pattern)) {
    const part = (name: string) =>
      new RegExp(`\\b${name}="([^"]{0,500})"`).exec(groups?.attributes ?? "")?.[1];
    const inner = groups?.inner ?? "";
    const failed = /<(?:failure|error)\b/.test(inner);
    const outcome = failed ? "failed" : /<skipped\b/.test(inner) ? "skipped" : "passed";
    const name = [part("classname"), part("name")].filter((text) => text !== undefined && text !== "");
    note(outcomes, name.join("."), outcome);
  }
  return { complete: true, outcomes };
}

function tap(output: string): Cases | undefined {
  if (!/^(?:TAP version \d+|1\.\.\d+)$/m.test(output)) return undefined;
  const outcomes = new Map<string, Outcome>();
  for (const { groups } of output.matchAll(/^ {0,40}(?<not>not )?ok \d+(?: -)? (?<rest>[^\n]{1,500})$/gm)) {
    const [name = "", directive = ""] = (groups?.rest ?? "").split(/ # (?=skip|todo)/i);
    const outcome = directive !== "" ? "skipped" : groups?.not === undefined ? "passed" : "failed";
    note(outcomes, name.replace(/ # time=\S+$/, ""), outcome);
  }
  return { complete: true, outcomes };
}

/** `✔ name (1.2ms)`: node:test, vitest and jest in detail, mocha. Suites have marks too, which does no harm. */
function marks(output: string): Cases | undefined {
  const outcomes = new Map<string, Outcome>();
  const pattern =
    /^ {0,40}(?<mark>[✓✔√✗✘✖×✕﹣↓○]) (?<name>[^\n]{1,400}?)(?: \(?[\d.]+ ?m?s\)?)?(?: # SKIP[^\n]{0,200})?$/gm;
  for (const { groups } of output.matchAll(pattern)) {
    const mark = groups?.mark ?? "";
    const outcome = "✓✔√".includes(mark) ? "passed" : "✗✘✖×✕".includes(mark) ? "failed" : "skipped";
    // A heading of node's reporter has the mark of a failed test.
    if (!/^failing tests:?$/.test(groups?.name ?? "")) note(outcomes, groups?.name ?? "", outcome);
  }
  return { complete: [...outcomes.values()].includes("passed"), outcomes };
}
