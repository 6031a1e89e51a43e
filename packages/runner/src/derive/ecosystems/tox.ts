import type { Repository } from "../plan.ts";
import { quote } from "../shell.ts";
import { stringsOf } from "./json.ts";
import { at, type Check, test } from "./project.ts";
import { readIni, readToml } from "./toml.ts";

export type ToxPlan = { from: string; setup: string[]; checks: Check[] };
type Env = { deps: string[]; extras: string[]; groups: string[]; commands: string[]; skipInstall: boolean };

/**
 * What a tox environment does, done without tox: it installs when it runs, and checks have no network.
 * Undefined where it does more than install and run tests.
 */
export function toxOf(
  repository: Repository,
  directory: string,
  name: string | undefined,
): ToxPlan | undefined {
  const read = fromIni(repository, directory, name) ?? fromToml(repository, directory, name);
  if (read === undefined) return undefined;
  const { from, env } = read;
  const tests = env.commands.map(plain).filter((command): command is string => command !== undefined);
  if (tests.length === 0) return undefined;
  const extras = env.extras.length === 0 ? "." : `.[${env.extras.join(",")}]`;
  const wanted = [
    ...(env.skipInstall ? [] : [`-e ${quote(extras)}`]),
    ...env.groups.map((group) => `--group ${quote(group)}`),
    ...env.deps.map((dep) => (dep.startsWith("-r") ? `-r ${quote(dep.slice(2).trim())}` : quote(dep))),
  ];
  const newer = env.groups.length > 0 ? ["python -m pip install --quiet --upgrade pip"] : [];
  return {
    from,
    setup: wanted.length === 0 ? [] : [...newer, `python -m pip install --quiet ${wanted.join(" ")}`],
    checks: tests.map(test),
  };
}

function fromIni(
  repository: Repository,
  directory: string,
  name: string | undefined,
): { from: string; env: Env } | undefined {
  for (const [file, prefix] of [
    ["tox.ini", "testenv"],
    ["setup.cfg", "testenv"],
  ] as const) {
    const sections = readIni(repository.text(at(directory, file)));
    const base = sections.get(prefix);
    const own = name === undefined ? undefined : sections.get(`${prefix}:${name}`);
    if (base === undefined && own === undefined) continue;
    const factors = new Set((name ?? "py").split("-"));
    const value = (key: string) => own?.get(key) ?? base?.get(key) ?? "";
    const list = (key: string) =>
      value(key)
        .replaceAll(/\\\n\s*/g, " ")
        .split("\n")
        .flatMap((line) => conditional(line, factors));
    const env = {
      deps: list("deps").flatMap((dep) => inherit(dep, base)),
      extras: list("extras").flatMap((line) => line.split(/[\s,]+/)),
      groups: list("dependency_groups").flatMap((line) => line.split(/[\s,]+/)),
      commands: list("commands"),
      skipInstall: /^true$/i.test(value("skip_install").trim()),
    };
    return { from: `${at(directory, file)} [${own === undefined ? prefix : `${prefix}:${name}`}]`, env };
  }
  return undefined;
}

/** `{[testenv]deps}` stands for those of the base. */
function inherit(dep: string, base: Map<string, string> | undefined): string[] {
  const key = /^\{\[testenv\](\w+)\}$/.exec(dep)?.[1];
  if (key === undefined) return [dep];
  return (base?.get(key) ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** `py312: x` is for environments of that name. */
function conditional(line: string, factors: ReadonlySet<string>): string[] {
  const text = line.replace(/\s+#.*$/, "").trim();
  const found = /^(!?[\w,{}!.-]+):\s+(.*)$/.exec(text);
  if (found === null || found[1] === undefined) return text === "" ? [] : [text];
  const wanted = found[1].replaceAll(/[{}]/g, "").split(",");
  const fits = wanted.some((one) =>
    one.startsWith("!") ? !factors.has(one.slice(1)) : one.split("-").every((part) => factors.has(part)),
  );
  return fits ? [(found[2] ?? "").trim()].filter(Boolean) : [];
}

function fromToml(
  repository: Repository,
  directory: string,
  name: string | undefined,
): { from: string; env: Env } | undefined {
  const file = repository.has(at(directory, "tox.toml")) ? "tox.toml" : "pyproject.toml";
  const table = readToml(repository.text(at(directory, file)));
  const root = file === "tox.toml" ? "" : "tool.tox.";
  const base = table(`${root}env_run_base`);
  const own = name === undefined || name.includes(".") ? {} : table(`${root}env.${name}`);
  const all = { ...base, ...own };
  if (all.commands === undefined) return undefined;
  const commands = Array.isArray(all.commands)
    ? all.commands.map((words) => stringsOf(words).map(quoteToxWord).join(" "))
    : [];
  const env = {
    deps: stringsOf(all.deps),
    extras: stringsOf(all.extras),
    groups: stringsOf(all.dependency_groups),
    commands,
    skipInstall: all.skip_install === true,
  };
  return { from: `${at(directory, file)} (${root}env_run_base)`, env };
}

function quoteToxWord(word: string): string {
  return word.includes("{") ? word : quote(word);
}

const STARTS =
  /^(?:python[\d.]* -m )?(?:pytest|py\.test|coverage run|unittest|trial|nosetests)\b|^python[\d.]* -m (?:pytest|unittest|coverage)/;

/** A test command of tox as one for a shell; undefined for others, and for one that needs what only tox knows. */
function plain(command: string): string | undefined {
  const filled = command
    .replace(/^[-!]\s*/, "")
    .replaceAll(/\s*\S*\{(?:env_?tmp_?dir|tox_?work_?dir|env_?log_?dir|work_dir|tmp_?dir)\}\S*/gi, "")
    .replaceAll(/\{posargs:?([^{}]*)\}/g, "$1")
    .replaceAll(/\{(?:tox_?ini_?dir|tox_root|toxinidir)\}\/?/gi, "./")
    .replaceAll(/\{env_?python\}/gi, "python")
    .replaceAll(/\{env:\w+:([^{}]*)\}/g, "$1")
    .trim();
  return STARTS.test(filled) && !/[{}]/.test(filled) ? filled.replaceAll(/\s+/g, " ") : undefined;
}
