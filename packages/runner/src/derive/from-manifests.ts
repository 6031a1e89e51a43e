import { adapt } from "./adapt.ts";
import { findDotnet } from "./ecosystems/dotnet.ts";
import { findGo } from "./ecosystems/go.ts";
import { findJvm } from "./ecosystems/jvm.ts";
import { findNative, findTasks } from "./ecosystems/native.ts";
import { findNode } from "./ecosystems/node.ts";
import { commandsOf, type Finder, type Found, isAside, type Project } from "./ecosystems/project.ts";
import { findPython } from "./ecosystems/python.ts";
import { findRust } from "./ecosystems/rust.ts";
import { findDeno, findElixir, findPhp, findRuby, findScala } from "./ecosystems/scripted.ts";
import type { Commands, Ecosystem } from "./plan.ts";

const FINDERS: readonly Finder[] = [
  findNode,
  findGo,
  findRust,
  findJvm,
  findRuby,
  findPhp,
  findElixir,
  findDeno,
  findScala,
  findDotnet,
  findPython,
];

/** Asked in this order, and only where nothing above has tests. */
const LAST: readonly Finder[] = [findNative, findTasks];

const MANIFEST =
  /^(.*)\/(?:package\.json|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|pyproject\.toml|setup\.py|requirements\.txt|composer\.json|Gemfile|mix\.exs|build\.sbt|deno\.jsonc?)$/;
const MOST_PROJECTS = 6;

/** What manifests, locks and workspaces say, of the root or else of the directories that have projects. */
export function fromManifests(found: Found): Commands {
  return adapt(found.repository, found.machine, merge(projectsOf(found)));
}

/** The setup that manifests know for one ecosystem, or all of them, in one directory. */
export function setupOf(
  found: Found,
  ecosystem: Ecosystem | undefined,
  directory: string,
): Commands["setup"] {
  const projects = projectsIn(found, directory, FINDERS);
  const wanted = projects.filter((one) => ecosystem === undefined || one.ecosystem === ecosystem);
  return wanted.flatMap((project) => commandsOf(project).setup);
}

function projectsOf(found: Found): Project[] {
  const root = projectsIn(found, "", FINDERS);
  const proven = withoutScripts(root.filter(({ checks }) => checks.some(({ kind }) => kind === "test")));
  if (proven.length > 0) return proven;
  const last = LAST.flatMap((find) => find(found, "") ?? [])[0];
  if (last !== undefined) return [...root, last];
  const below = directoriesOf(found).flatMap((directory) => projectsIn(found, directory, FINDERS));
  const tested = below.filter(({ checks }) => checks.some(({ kind }) => kind === "test"));
  const touched = tested.filter(({ directory }) =>
    found.touched?.some((path) => path.startsWith(`${directory}/`)),
  );
  return [...root, ...(touched.length > 0 ? touched : tested).slice(0, MOST_PROJECTS)];
}

function projectsIn(found: Found, directory: string, finders: readonly Finder[]): Project[] {
  return finders.flatMap((find) => find(found, directory) ?? []);
}

/** Scripts with a test beside them are everywhere; they count where nothing else speaks. */
function withoutScripts(projects: Project[]): Project[] {
  const isLonely = ({ ecosystem, setup, checks }: Project) =>
    ecosystem === "python" && setup.length === 0 && checks.every(({ run }) => run.includes("unittest"));
  const strong = projects.filter((project) => !isLonely(project));
  return strong.length > 0 ? strong : projects;
}

/** The highest directories with a manifest; one inside another is the other's. */
function directoriesOf({ repository }: Found): string[] {
  const all = repository.paths.flatMap((path) => {
    const directory = MANIFEST.exec(path)?.[1];
    return directory === undefined || isAside(directory) || directory.split("/").length > 3
      ? []
      : [directory];
  });
  const known = [...new Set(all)].toSorted((a, b) => a.length - b.length);
  return known.filter((one) => !known.some((other) => one !== other && one.startsWith(`${other}/`)));
}

function merge(projects: readonly Project[]): Commands {
  const all = projects.map(commandsOf);
  return {
    setup: all.flatMap(({ setup }) => setup),
    checks: all.flatMap(({ checks }) => checks),
    notes: [],
    missing: [],
  };
}
