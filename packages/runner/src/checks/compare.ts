import type { CommandRun, Evidence } from "@aicd/core";
import { type Cases, readCases } from "./cases.ts";

export type TestChanges = Record<keyof NonNullable<Evidence["testChanges"]>, string[]>;

const SHOWN = 50;
const NAME_CHARACTERS = 300;

/** Read while the whole output is there; the run itself keeps only its end. */
const casesOf = new WeakMap<CommandRun, Cases>();

export function rememberCases(run: CommandRun, output: string): void {
  const cases = readCases(output);
  if (cases !== undefined) casesOf.set(run, cases);
}

/**
 * Test by test, what a change did, over the commands whose output names tests on both sides.
 * @returns names of those that failed and pass now, that fail now and did not, that are new and pass, that are
 *   reported no more or skipped now, and that fail as before; undefined when no command names any
 */
export function compareTests(
  before: readonly CommandRun[],
  after: readonly CommandRun[],
): TestChanges | undefined {
  const found = {
    fixed: [] as string[],
    broken: [] as string[],
    added: [] as string[],
    gone: [] as string[],
    failing: [] as string[],
  };
  let any = false;
  for (const run of after) {
    const earlier = before.find(({ command }) => command === run.command);
    const [old, now] = [earlier && casesOf.get(earlier), casesOf.get(run)];
    if (old === undefined && now === undefined) continue;
    const was = old ?? nothingFailed(earlier);
    const is = now ?? nothingFailed(run);
    if (was === undefined || is === undefined) continue;
    any = true;
    compare(was, is, found);
  }
  if (!any) return undefined;
  return {
    fixed: shown(found.fixed),
    broken: shown(found.broken),
    added: shown(found.added),
    gone: shown(found.gone),
    failing: shown(found.failing),
  };
}

/** Names of the tests that fail, where the commands' output tells. */
export function failingOf(runs: readonly CommandRun[]): string[] {
  const cases = runs.flatMap((run) => [...(casesOf.get(run)?.outcomes ?? [])]);
  return shown(cases.flatMap(([name, outcome]) => (outcome === "failed" ? [name] : [])));
}

function shown(names: readonly string[]): string[] {
  return names.slice(0, SHOWN).map((name) => name.slice(0, NAME_CHARACTERS));
}

/** A program that names only its failures, and named none because there were none. */
function nothingFailed(run: CommandRun | undefined): Cases | undefined {
  return run?.exitCode === 0 ? { complete: false, outcomes: new Map() } : undefined;
}

function compare(was: Cases, is: Cases, found: TestChanges): void {
  for (const [name, outcome] of was.outcomes) {
    const now = is.outcomes.get(name);
    if (outcome === "failed" && (now === "passed" || (now === undefined && !is.complete)))
      found.fixed.push(name);
    if (outcome !== "skipped" && is.complete && (now === undefined || now === "skipped"))
      found.gone.push(name);
  }
  for (const [name, outcome] of is.outcomes) {
    const earlier = was.outcomes.get(name);
    if (outcome === "failed") found[earlier === "failed" ? "failing" : "broken"].push(name);
    if (outcome === "passed" && earlier === undefined && was.complete) found.added.push(name);
  }
}
