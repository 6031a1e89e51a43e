import { adapt } from "./adapt.ts";
import type { Found } from "./ecosystems/project.ts";
import { fromManifests, setupOf } from "./from-manifests.ts";
import { fromSetupSteps } from "./from-setup-steps.ts";
import { type Command, type Commands, NOTHING } from "./plan.ts";
import { apart } from "./prime.ts";
import { fromWorkflows } from "./workflows/from-workflows.ts";

/** Where a repository's own settings say how it is prepared and proven, nothing is derived. */
export type Said = { setup?: readonly string[] | undefined; checks?: readonly string[] | undefined };

const SETTINGS = ".github/aicd.yml";

/**
 * How a repository prepares and proves itself, by what it does itself: its settings, its setup steps for
 * agents or its devcontainer, its CI, its manifests. Pure: files in, commands out.
 */
export function derive(found: Found, said: Said = {}): Commands {
  const { repository, machine } = found;
  if (said.setup !== undefined && said.checks !== undefined)
    return { ...NOTHING, setup: toCommands(said.setup, "install"), checks: toCommands(said.checks, "test") };
  const workflows = fromWorkflows(repository, machine);
  const main =
    workflows.checks.some(({ kind }) => kind === "test") || workflows.missing.length > 0
      ? workflows
      : fromManifests(found);
  const checks = said.checks === undefined ? main.checks : toCommands(said.checks, "test");
  const steps = fromSetupSteps(repository, machine);
  const builds = main.setup.filter(({ kind }) => kind === "build");
  const base = steps.setup.length > 0 ? { ...steps, setup: [...steps.setup, ...builds] } : main;
  const setup =
    said.setup === undefined
      ? completed(found, { ...base, checks })
      : { ...base, setup: toCommands(said.setup, "install") };
  return {
    setup: setup.setup,
    checks,
    notes: [...new Set([...main.notes, ...setup.notes])],
    missing: said.checks === undefined ? main.missing : [],
  };
}

function toCommands(runs: readonly string[], kind: Command["kind"]): Command[] {
  return runs.map((run) => ({ run, from: SETTINGS, kind, ecosystem: "task" }));
}

/** What the checks need and the chosen setup does not bring: an action elsewhere installs it, or a person did. */
function completed(found: Found, commands: Commands): Commands {
  const there = new Set(commands.setup.map(({ ecosystem }) => ecosystem));
  const added = commands.checks.flatMap(({ ecosystem, run }) => {
    // What a task runner calls needs what the manifests name.
    if (ecosystem === "task" && there.size === 0) return setupOf(found, undefined, "");
    if (there.has(ecosystem) || ecosystem === "task") return [];
    const { directory } = apart(run);
    return [
      ...setupOf(found, ecosystem, directory),
      ...(directory === "" ? [] : setupOf(found, ecosystem, "")),
    ];
  });
  if (added.length === 0) return commands;
  const { setup } = adapt(found.repository, found.machine, { ...NOTHING, setup: added });
  return { ...commands, setup: [...commands.setup, ...setup] };
}
