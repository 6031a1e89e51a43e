import type { Command, Commands, Machine } from "./plan.ts";

const BY_PIP =
  /(?:^|&& )(?:\S+=\S+ )*(?:python[\d.]* -m )?pip[\d.]* |^pip-sync|\bpip install|^python[\d.]* setup\.py|\bpython[\d.]* -m pip /;
const BY_TOOL = /(?:^|&& )(?:\S+=\S+ )*(?:uv (?!pip)|poetry|pdm|pipenv|hatch|tox|nox)\b/;
const FRESH = "python3 -m venv .venv";

/**
 * Python that pip installs into gets an environment of its own: the system's is read-only in the sandbox, and
 * on many machines managed by somebody else. Every command of such a plan but those of other ecosystems is
 * started in it.
 *
 * @param isMeant the repository says itself that pip is to install into what it prepares
 */
export function inVenv({ installed }: Machine, commands: Commands, isMeant: boolean): Commands {
  const all = [...commands.setup, ...commands.checks];
  const found = [".venv", "venv"].find((name) => installed.includes(name));
  const isPython = all.some((one) => one.ecosystem === "python");
  const wanted = isMeant
    ? all.some(isOfPython)
    : all.some(({ run }) => BY_PIP.test(run)) || (found !== undefined && isPython);
  if (!wanted) return commands;
  const activate = `. ${found ?? ".venv"}/bin/activate && `;
  const put = (command: Command): Command =>
    isOfPython(command) ? { ...command, run: `${activate}${command.run}` } : command;
  const isUsed = (run: string) => !/^(?:python[\d.]* -m (?:venv|virtualenv) |virtualenv |uv venv)/.test(run);
  const setup = commands.setup.filter(({ run }) => isUsed(run)).map(put);
  const first = commands.setup.find(isOfPython) ?? commands.checks.find(isOfPython);
  const make =
    found === undefined && first !== undefined ? [{ ...first, run: FRESH, kind: "install" as const }] : [];
  return { ...commands, setup: [...make, ...setup], checks: commands.checks.map(put) };
}

function isOfPython({ ecosystem, run }: Command): boolean {
  return (ecosystem === "python" && !BY_TOOL.test(run)) || ecosystem === "task";
}
