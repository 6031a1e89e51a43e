import { quote } from "../shell.ts";
import { at, type Check, type Finder, type Found, type Project, test } from "./project.ts";
import { type PythonFacts, readPython } from "./python-facts.ts";
import { toxOf } from "./tox.ts";

const UNITTEST = /(?:^|\/)(?:test_[^/]+|[^/]+_test|tests)\.py$/;

/** A Python project: by its lock's own tool (uv, poetry, pdm, pipenv), else by pip into an environment of its own. */
export const findPython: Finder = (found, directory) => {
  const facts = readPython(found.repository, directory);
  const tests = testsBelow(found, directory);
  if (facts === undefined && tests.length === 0) return undefined;
  if (facts === undefined) return lonely(directory, tests);
  const base = { ecosystem: "python" as const, directory, from: facts.from };
  const tool = TOOLS.find(({ fits }) => fits(facts));
  const checks = checksOf(found, directory, facts, tests);
  if (tool !== undefined) {
    return {
      ...base,
      setup: [tool.setup(facts)],
      checks: checks.map(({ run, kind }) => ({ run: `${tool.run} ${run}`, kind })),
    } satisfies Project;
  }
  if (checks.length === 0) return undefined;
  const tox = facts.isToxOnly ? toxOf(found.repository, directory, undefined) : undefined;
  if (tox !== undefined) return { ...base, from: tox.from, setup: tox.setup, checks: tox.checks };
  return { ...base, setup: pipOf(facts), checks };
};

/** A script's tests without any manifest. */
function lonely(directory: string, tests: readonly string[]): Project {
  return {
    ecosystem: "python",
    directory,
    from: tests[0] ?? directory,
    setup: [],
    checks: [test(unittestOf(tests, directory))],
  };
}

type Tool = { fits(facts: PythonFacts): boolean; setup(facts: PythonFacts): string; run: string };

const TOOLS: readonly Tool[] = [
  {
    fits: ({ has, uv }) => has("uv.lock") || Object.keys(uv).length > 0,
    setup: ({ has, uv, groups, extras }) =>
      [
        "uv sync",
        has("uv.lock") ? "--frozen" : "",
        uv.workspace === undefined ? "" : "--all-packages",
        ...flags("--group", forTests(groups)),
        ...flags("--extra", forTests(extras)),
      ]
        .filter(Boolean)
        .join(" "),
    run: "uv run --no-sync",
  },
  {
    fits: ({ has, isPoetry }) => has("poetry.lock") || isPoetry,
    setup: ({ optionalGroups, extras }) =>
      [
        "poetry install --no-interaction",
        ...flags("--with", forTests(optionalGroups)),
        ...flags("--extras", forTests(extras)),
      ].join(" "),
    run: "poetry run",
  },
  {
    fits: ({ has, isPdm }) => has("pdm.lock") || isPdm,
    setup: ({ has, groups, extras }) =>
      [
        has("pdm.lock") ? "pdm install --frozen-lockfile" : "pdm install --no-lock",
        ...flags("--group", forTests([...groups, ...extras])),
      ].join(" "),
    run: "pdm run",
  },
  {
    fits: ({ has }) => has("Pipfile"),
    setup: ({ has }) => `pipenv ${has("Pipfile.lock") ? "sync" : "install --skip-lock"} --dev`,
    run: "pipenv run",
  },
];

function flags(flag: string, names: readonly string[]): string[] {
  return names.map((name) => `${flag} ${quote(name)}`);
}

/** Groups and extras that say they are for tests. */
function forTests(names: readonly string[]): string[] {
  const exact = names.filter((name) => /^(?:unit[-_]?)?(?:tests?|testing|pytest)$/i.test(name));
  const loose = names.filter(
    (name) => /test|^dev(?:el|elop|elopment)?$/i.test(name) && !/integration|e2e|bench/i.test(name),
  );
  return exact.length > 0 ? exact : loose.slice(0, 3);
}

/** What pip installs: the project itself, to be edited, with what its tests need, and the requirement files. */
function pipOf(facts: PythonFacts): string[] {
  const extras = forTests(facts.extras);
  const project = facts.isInstallable
    ? [`-e ${quote(extras.length === 0 ? "." : `.[${extras.join(",")}]`)}`]
    : [];
  const groups = forTests(facts.groups).map((name) => `--group ${quote(name)}`);
  const files = facts.requirements.map((file) => `-r ${quote(file)}`);
  const pytest = facts.usesPytest && !facts.namesPytest ? ["pytest"] : [];
  const wanted = [...project, ...groups, ...files, ...pytest];
  // Groups are younger than the pip of many machines.
  const newer = groups.length > 0 ? ["python -m pip install --quiet --upgrade pip"] : [];
  return wanted.length === 0 ? [] : [...newer, `python -m pip install --quiet ${wanted.join(" ")}`];
}

function checksOf(
  { repository }: Found,
  directory: string,
  facts: PythonFacts,
  tests: readonly string[],
): Check[] {
  if (repository.has(at(directory, "tests/runtests.py"))) return [test("python tests/runtests.py")];
  if (facts.usesPytest) return [test("python -m pytest -q")];
  if (repository.has(at(directory, "manage.py")) && tests.length > 0) return [test("python manage.py test")];
  if (facts.isToxOnly) return [test("tox run")];
  return tests.length === 0 ? [] : [test(unittestOf(tests, directory))];
}

function testsBelow({ repository }: Found, directory: string): string[] {
  const prefix = directory === "" ? "" : `${directory}/`;
  return repository.paths.filter((path) => path.startsWith(prefix) && UNITTEST.test(path));
}

/** One directory of tests is named: discovery from the root misses those without an __init__.py. */
function unittestOf(tests: readonly string[], directory: string): string {
  const cut = directory === "" ? 0 : directory.length + 1;
  const tops = [...new Set(tests.map((path) => path.slice(cut, Math.max(cut, path.lastIndexOf("/")))))];
  const only = tops.length === 1 ? (tops[0] ?? "") : "";
  return `python3 -m unittest${only === "" ? "" : ` discover -s ${quote(only)}`}`;
}
