import type { Command, Ecosystem, Kind, Machine, Repository } from "../plan.ts";
import { inside } from "../shell.ts";

/** One ecosystem in one directory, as its manifests tell it. Commands are for that directory. */
export type Project = {
  ecosystem: Ecosystem;
  directory: string;
  /** The file that says so. */
  from: string;
  setup: readonly string[];
  checks: readonly Check[];
};

export type Check = { run: string; kind: Kind };

export type Found = {
  repository: Repository;
  machine: Machine;
  /** Paths a change is going to touch; undefined: not known, everything counts. */
  touched?: readonly string[] | undefined;
};

export type Finder = (found: Found, directory: string) => Project | undefined;

/** Directories that are somebody else's, or about something else than what is built here. */
const ASIDE =
  /(?:^|\/)(?:node_modules|vendor|third_party|examples?|docs?|fixtures?|testdata|templates?|samples?|demos?|benchmarks?|\.[^/]+|site|website|e2e)(?:\/|$)/i;

export function isAside(directory: string): boolean {
  return ASIDE.test(directory);
}

export function test(run: string): Check {
  return { run, kind: "test" };
}

export function at(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

/** A file of a directory, or undefined. */
export function fileOf(
  { repository }: Found,
  directory: string,
  names: readonly string[],
): string | undefined {
  return names.map((name) => at(directory, name)).find((path) => repository.has(path));
}

export function commandsOf(project: Project): { setup: Command[]; checks: Command[] } {
  const { ecosystem, directory, from } = project;
  const toCommand = (run: string, kind: Kind): Command => ({
    run: inside(directory, run),
    from,
    kind,
    ecosystem,
  });
  return {
    setup: project.setup.map((run) => toCommand(run, "install")),
    checks: project.checks.map(({ run, kind }) => toCommand(run, kind)),
  };
}
