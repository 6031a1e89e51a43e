import type { CommandRun, Evidence } from "@aicd/core";
import { bound } from "../tools/bound.ts";
import { data } from "./data.ts";

const TAIL_CHARACTERS = 6_000;
const NAMES = 30;
/** Enough of an output to know it again. */
const KNOWN_CHARACTERS = 80;

const TESTS = [
  ["broken", "Tests that did not fail before and fail now"],
  ["failing", "Tests that failed before the change already"],
  ["fixed", "Tests that failed before and pass now"],
  ["added", "New tests, which pass"],
  ["gone", "Tests that ran before and are not run any more"],
] as const;

/**
 * What our machine ran and found: a line a command, the tests by name, and each failing output once, from its
 * latest run.
 *
 * @param known what was told before the change is left out
 */
export function describeEvidence(evidence: Evidence, known = false): string[] {
  const { setup, before, after, reproduction = [], weakened = [], testChanges } = evidence;
  const earlier = known ? [] : [...stage("setup", setup), ...stage("before the change", before)];
  const rows = [
    ...earlier,
    ...stage("with the new tests, without the change", reproduction),
    ...stage("after the change", after),
    ...weakened.map(({ path, what }) => `possibly weakened: ${path}: ${what}`),
    ...TESTS.flatMap(([key, words]) => named(words, testChanges?.[key] ?? [])),
    ...tails([...(known ? [] : [...setup, ...before]), ...after], "Output of"),
    ...tails(reproduction, "Without the change, output of"),
  ];
  if (rows.length === 0) return known ? [] : ["No checks are known for this repository."];
  return ["What our machine ran and found:", data("evidence", rows.join("\n"))];
}

/** A finding without the output that stands in the evidence beside it. */
export function withoutOutput(why: string, evidence: Evidence | undefined): string {
  const [first = "", ...rest] = why.split("\n");
  const quoted = rest.join("\n").slice(-KNOWN_CHARACTERS);
  const isShown = evidence?.after.some(({ outputTail }) => quoted !== "" && outputTail.endsWith(quoted));
  return isShown === true ? `${first} its output is in the evidence.` : why;
}

function stage(name: string, runs: readonly CommandRun[]): string[] {
  return runs.map(({ command, exitCode, tests }) => {
    const counts =
      tests === null ? "" : `, ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`;
    return `${name}: \`${command}\` exit code ${exitCode ?? "none (stopped)"}${counts}`;
  });
}

function named(words: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > NAMES ? [`  and ${names.length - NAMES} more`] : [];
  return [`${words}:`, ...names.slice(0, NAMES).map((name) => `  ${name}`), ...more];
}

/** A command that ran twice failed the latter time, or does not fail any more. */
function tails(runs: readonly CommandRun[], words: string): string[] {
  const latest = new Map(runs.map((run) => [run.command, run]));
  return [...latest.values()]
    .filter(({ exitCode, outputTail }) => exitCode !== 0 && outputTail !== "")
    .map(({ command, outputTail }) => `${words} \`${command}\`:\n${bound(outputTail, TAIL_CHARACTERS)}`);
}
