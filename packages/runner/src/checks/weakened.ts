import { type Evidence, isSnapshotPath, isTestPath } from "@aicd/core";

/** A changed file with its text before and after; undefined where it is not there. */
export type ChangedFile = { path: string; before: string | undefined; after: string | undefined };
export type Weakened = NonNullable<Evidence["weakened"]>[number];

const CHECK_CONFIG =
  /(?:^|\/)(?:\.eslintrc[^/]*|eslint\.config\.[a-z]+|biome\.jsonc?|tsconfig[^/]*\.json|(?:vitest|jest|playwright|karma)\.config\.[a-z]+|\.mocharc[^/]*|\.nycrc[^/]*|\.c8rc[^/]*|codecov\.ya?ml|\.coveragerc|setup\.cfg|tox\.ini|pytest\.ini|mypy\.ini|ruff\.toml|\.golangci\.ya?ml|clippy\.toml|\.rubocop\.yml|phpunit\.xml[^/]*|phpstan\.neon[^/]*)$/;

const CASES =
  /\b(?:it|test)(?:\.(?:each|concurrent|only|fails|skip|todo))?\s*[(`]|^\s*(?:async )?def test_|^func (?:Test|Fuzz|Benchmark)\w|#\[(?:tokio::)?test\]|@(?:Parameterized)?Test\b|^\s*it ["']/gm;
const ASSERTIONS =
  /\bassert\w*[\s.!(]|\bexpect\s*\(|\bshould\b|\bt\.(?:Error|Fatal)f?\(|\brequire\.\w+\(t\b/g;
const SKIPS =
  /\b(?:it|test|describe|suite)\.(?:skip|todo|skipIf)\b|\bx(?:it|test|describe)\s*\(|\{\s*(?:skip|todo):\s*(?:true|["'`])|@(?:pytest\.mark\.(?:skip|xfail)|unittest\.(?:skip|expectedFailure)|Disabled|Ignore)|\bt\.Skip\w*\(|#\[ignore\]|\bpytest\.skip\(/g;
const ONLYS = /\b(?:it|test|describe|suite)\.only\b|\bf(?:it|describe)\s*\(/g;
const SILENCERS =
  /eslint-disable|biome-ignore|@ts-(?:ignore|nocheck|expect-error)|#\s*noqa|#\s*type:\s*ignore|#\s*pragma:\s*no cover|\/[/*]\s*(?:istanbul|c8|v8) ignore|\/\/\s*nolint|#\[allow\(|rubocop:disable|@SuppressWarnings|NOSONAR/g;

/**
 * Ways in which a change makes tests or checks say less than before. Found by counting, not by
 * understanding: each is shown to people and to the critic, none is proof of bad faith.
 */
export function findWeakened(files: readonly ChangedFile[]): Weakened[] {
  const found = files.flatMap((file) => [...ofTests(file), ...ofChecks(file)]);
  const tests = files.filter(({ path }) => isTestPath(path));
  if (tests.length > 0 && tests.every(({ path }) => isSnapshotPath(path))) {
    for (const { path } of tests)
      found.push({ path, what: "Of the tests only recorded snapshots are changed." });
  }
  return found.slice(0, 50);
}

function ofTests({ path, before, after }: ChangedFile): Weakened[] {
  if (!isTestPath(path) || isSnapshotPath(path) || before === undefined) return [];
  if (after === undefined)
    return count(before, CASES) > 0 ? [{ path, what: "A file with tests is deleted." }] : [];
  const say = (what: string) => ({ path, what });
  const found: Weakened[] = [];
  const cases = [count(before, CASES), count(after, CASES)] as const;
  const assertions = [count(before, ASSERTIONS), count(after, ASSERTIONS)] as const;
  if (cases[1] < cases[0]) found.push(say(`It has ${cases[1]} tests, before ${cases[0]}.`));
  else if (assertions[1] < assertions[0]) {
    found.push(say(`It has ${assertions[1]} assertions, before ${assertions[0]}.`));
  }
  if (count(after, SKIPS) > count(before, SKIPS)) found.push(say("More tests are skipped than before."));
  if (count(after, ONLYS) > count(before, ONLYS))
    found.push(say("A test is focused, so the others do not run."));
  return found;
}

function ofChecks({ path, before, after }: ChangedFile): Weakened[] {
  const found: Weakened[] = [];
  if (CHECK_CONFIG.test(path) && before !== undefined) {
    found.push({ path, what: "The configuration of a check is changed." });
  }
  if (after !== undefined && count(after, SILENCERS) > count(before ?? "", SILENCERS)) {
    found.push({ path, what: "A check is silenced in more places than before." });
  }
  return found;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
