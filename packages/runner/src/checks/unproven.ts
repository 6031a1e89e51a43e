import { type ChangeSet, type Evidence, type Finding, isTestPath, type Plan } from "@aicd/core";

/** Languages whose changes a test of the repository can show. */
export const CODE =
  /\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kts?|scala|groovy|cs|fs|vb|php|swift|c|cc|cpp|cxx|h|hpp|mm?|exs?|erl|hs|mli?|clj[cs]?|dart|lua|p[lm]|jl|vue|svelte|zig)$/i;

const WANTED =
  "A test that fails for the reported reason without the change and passes with it; where there can be none, say why in the summary.";

/**
 * What a change leaves unproven, by what was run: no test, nothing but tests, tests that pass without it, tests that
 * are run no more. Empty where the repository's checks count no tests at all, for then nothing could be shown.
 */
export function findUnproven(work: {
  changeSet: ChangeSet;
  evidence: Evidence;
  plan: Plan;
  /** It goes on top of a pull request. */
  isRevision: boolean;
}): Finding[] {
  const { changeSet, evidence, plan, isRevision } = work;
  const { after, reproduction = [], testChanges, weakened = [] } = evidence;
  if (after.every(({ tests }) => tests === null)) return [];
  const tests = changeSet.files.filter(({ path }) => isTestPath(path));
  const code = changeSet.files.filter(({ path }) => CODE.test(path) && !isTestPath(path));
  const found: Finding[] = [];
  // The tests of a pull request may be in it already.
  if (code.length > 0 && tests.length === 0 && !isRevision) {
    found.push(doubt("The change has no test: nothing shows that it does what it is for.", WANTED));
  }
  const isPlanned = plan.files.some(({ path }) => CODE.test(path) && !isTestPath(path));
  if (tests.length === changeSet.files.length && isPlanned) {
    const wanted = "The change the plan speaks of, or in the summary why tests alone answer the issue.";
    found.push(doubt("Only tests are changed, although the plan names code.", wanted));
  }
  if (reproduction.length > 0 && reproduction.every(({ exitCode }) => exitCode === 0)) {
    found.push(doubt("The new tests pass without the change too, so they do not prove it.", WANTED));
  }
  // Found in the text of the tests already, it was said then.
  const gone = weakened.some(({ path }) => isTestPath(path)) ? [] : (testChanges?.gone ?? []);
  if (gone.length > 0) {
    const names = gone.slice(0, 20).join("\n");
    const wanted = "All of them run again, unless the issue asks for less; then say so in the summary.";
    found.push(doubt(`Tests that ran before are deleted or skipped:\n${names}`, wanted));
  }
  return found;
}

function doubt(why: string, wanted: string): Finding {
  return { path: null, line: null, severity: "major", why: why.slice(0, 2_000), wanted };
}
