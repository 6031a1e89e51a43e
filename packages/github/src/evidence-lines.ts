import { type CommandRun, type Evidence, sumTests } from "@aicd/core";
import { codeCell, codeSpan, line } from "./written/index.ts";

/** How the commands were shut in, for somebody who has never heard of our runner. */
export function sandboxInWords(level: string): string {
  return `checks ran ${WORDS[level] ?? line(level)}`;
}

const WORDS: Partial<Record<string, string>> = {
  bwrap: "in a sandbox without network (bubblewrap)",
  container: "in the runner's container",
  process: "as plain processes on the runner",
  none: "nowhere: the attempt ended before",
};

/** What machines ran to prove a change, as a table, and test by test. */
export function evidenceLines(evidence: Evidence, { rounds }: { rounds: number }): string[] {
  const base = rounds > 1 ? "before all rounds" : "before";
  const rows = [
    ...evidence.setup.map((run) => row("setup", run)),
    ...evidence.before.map((run) => row(base, run)),
    ...(evidence.reproduction ?? []).map((run) => row("new tests, old code", run)),
    ...evidence.after.map((run) => row("after", run)),
  ];
  if (rows.length === 0) return ["No checks are known for this repository; nothing was run."];
  const before = sumTests(evidence.before);
  const after = sumTests(evidence.after);
  const summary =
    after === null
      ? []
      : [
          "",
          `Tests: ${before === null ? "?" : before.passed} passed before, **${after.passed} passed after**, ${after.failed} failed.`,
        ];
  return [
    "| when | command | exit code | tests | time |",
    "|---|---|---|---|---|",
    ...rows,
    ...summary,
    ...testLines(evidence.testChanges),
  ];
}

/** Test by test: what turned green, what is new, and what a reviewer should ask about. */
function testLines(changes: Evidence["testChanges"]): string[] {
  if (changes === undefined) return [];
  const { fixed, added, broken, gone, failing = [] } = changes;
  const rows = [
    ["red before, green now", fixed],
    ["new and green", added],
    ["**red now, not before**", broken],
    ["**run before, not any more**", gone],
    ["red before and still", failing],
  ] as const;
  const lines = rows
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `- ${what}: ${names.slice(0, 10).map(codeSpan).join(", ")}${more(names.length)}`);
  return lines.length === 0 ? [] : ["", ...lines];
}

function more(count: number): string {
  return count > 10 ? ` and ${count - 10} more` : "";
}

function row(when: string, run: CommandRun): string {
  const tests =
    run.tests === null
      ? ""
      : `${run.tests.passed} passed, ${run.tests.failed} failed, ${run.tests.skipped} skipped`;
  const exit = run.exitCode === null ? "stopped" : String(run.exitCode);
  return `| ${when} | ${codeCell(run.command)} | ${exit} | ${tests} | ${(run.durationMs / 1000).toFixed(1)} s |`;
}
