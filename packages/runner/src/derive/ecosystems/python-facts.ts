import type { Repository } from "../plan.ts";
import { type Json, recordOf } from "./json.ts";
import { at } from "./project.ts";
import { readIni, readToml } from "./toml.ts";

/** What the manifests of a Python project say. */
export type PythonFacts = {
  from: string;
  has(name: string): boolean;
  /** Can be installed by pip. */
  isInstallable: boolean;
  extras: string[];
  groups: string[];
  optionalGroups: string[];
  /** Requirement files for running and for testing, relative to the project. */
  requirements: string[];
  usesPytest: boolean;
  /** Something that is installed anyway asks for pytest. */
  namesPytest: boolean;
  isPoetry: boolean;
  isPdm: boolean;
  isToxOnly: boolean;
  uv: Json;
};

const MANIFESTS = [
  "pyproject.toml",
  "setup.py",
  "setup.cfg",
  "tox.ini",
  "pytest.ini",
  "Pipfile",
  "noxfile.py",
] as const;
const REQUIREMENTS =
  /^(?:requirements|requirements[-_.]?(?:dev|test|tests|testing|development|ci)|(?:dev|test|tests|testing|development|ci)[-_.]?requirements|requirements\/(?:base|main|dev|test|tests|testing|development|ci)|tests\/requirements(?:\/py3)?)\.txt$/;

/** Undefined where none of a project's files is there. */
export function readPython(repository: Repository, directory: string): PythonFacts | undefined {
  const has = (name: string) => repository.has(at(directory, name));
  const text = (name: string) => repository.text(at(directory, name));
  const requirements = requirementsOf(repository, directory);
  const first = MANIFESTS.find(has) ?? requirements[0];
  if (first === undefined) return undefined;
  const table = readToml(text("pyproject.toml"));
  const setupCfg = readIni(text("setup.cfg"));
  const setupPy = text("setup.py") ?? "";
  const asked = requirements.map((name) => text(name) ?? "").join("\n");
  const pyproject = text("pyproject.toml") ?? "";
  const words = [
    pyproject,
    setupPy,
    text("setup.cfg") ?? "",
    text("tox.ini") ?? "",
    text("noxfile.py") ?? "",
    asked,
    text("Pipfile") ?? "",
  ].join("\n");
  const project = table("project");
  const usesPytest =
    words.includes("pytest") || has("pytest.ini") || has("conftest.py") || has("tests/conftest.py");
  return {
    from: at(directory, first),
    has,
    isInstallable:
      has("setup.py") ||
      // pip takes a setup.cfg only beside one of the two others.
      (setupCfg.has("metadata") && has("pyproject.toml")) ||
      Object.keys(project).length > 0 ||
      Object.keys(table("build-system")).length > 0,
    extras: [
      ...Object.keys(table("project.optional-dependencies")),
      ...Object.keys(table("tool.poetry.extras")),
      ...(setupCfg.get("options.extras_require")?.keys() ?? []),
      ...extrasOf(setupPy),
    ],
    groups: [...Object.keys(table("dependency-groups")), ...Object.keys(table("tool.pdm.dev-dependencies"))],
    optionalGroups: Object.entries(table("tool.poetry.group")).flatMap(([name, group]) =>
      recordOf(group).optional === true ? [name] : [],
    ),
    requirements,
    usesPytest,
    namesPytest:
      /pytest/.test(asked) ||
      /["'\s]pytest\b(?!\.|-)/.test(
        JSON.stringify([project, table("dependency-groups")]).replaceAll('"', " "),
      ) ||
      /['"]pytest/.test(setupPy) ||
      /^\s+pytest\b/m.test(text("setup.cfg") ?? ""),
    isPoetry: table("tool.poetry").dependencies !== undefined,
    isPdm: Object.keys(table("tool.pdm")).some((key) => key === "dev-dependencies" || key === "resolution"),
    isToxOnly: has("tox.ini") && !usesPytestItself(words, text("tox.ini") ?? ""),
    uv: recordOf(table("tool.uv")),
  };
}

/** Something besides tox says pytest, so that tox is not needed to know how. */
function usesPytestItself(words: string, tox: string): boolean {
  return words.replace(tox, "").includes("pytest") || !tox.includes("[testenv");
}

function requirementsOf(repository: Repository, directory: string): string[] {
  const prefix = directory === "" ? "" : `${directory}/`;
  return repository.paths
    .flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : []))
    .filter((name) => REQUIREMENTS.test(name))
    .slice(0, 4);
}

/** Names of extras in a setup.py, as far as they are written out. */
function extrasOf(setupPy: string): string[] {
  const block = /extras_require\s*=\s*(?:dict\(|\{)([\s\S]{0,2000}?)[})]\s*,?\s*$/m.exec(setupPy)?.[1] ?? "";
  return [...block.matchAll(/^\s*["']?([\w-]+)["']?\s*[:=]\s*\[/gm)].map(([, name = ""]) => name);
}
