import { readJson, recordOf } from "./json.ts";
import { installOf, type Manager, managerOf } from "./node-manager.ts";
import { at, type Check, type Finder, type Project } from "./project.ts";
import { packagesOf, partsOf } from "./workspaces.ts";

const TYPES = ["typecheck", "type-check", "check-types", "types:check", "check:types", "tsc", "types"];
const LINT = ["lint", "lint:check"];
const TESTS = ["test:ci", "test", "test:unit", "unit", "tests", "test:all"];

/** A package.json with whatever manages it: npm, pnpm, yarn, bun, with and without a lock file. */
export const findNode: Finder = (found, directory) => {
  const path = at(directory, "package.json");
  const text = found.repository.text(path);
  if (text === undefined) return undefined;
  const manifest = readJson(text);
  const manager = managerOf(found.repository, directory, manifest);
  const packages = packagesOf(found.repository, directory, manifest);
  const scripts = recordOf(manifest.scripts);
  const needsInstall = packages.length > 0 || hasDependencies(manifest);
  const own = testsOf(scripts, manager);
  const tests = own.length > 0 ? own : partsOf(found, directory, { manager, packages });
  const built = buildOf(scripts, tests, manager);
  return {
    ecosystem: "node",
    directory,
    from: path,
    setup: needsInstall ? [installOf(manager)] : [],
    checks: [
      ...named(scripts, TYPES, "types", manager),
      ...named(scripts, LINT, "lint", manager),
      ...built.map((run) => ({ run, kind: "build" as const })),
      ...tests,
    ],
  } satisfies Project;
};

function hasDependencies(manifest: Record<string, unknown>): boolean {
  return ["dependencies", "devDependencies", "optionalDependencies"].some(
    (key) => Object.keys(recordOf(manifest[key])).length > 0,
  );
}

function named(
  scripts: Record<string, unknown>,
  names: readonly string[],
  kind: Check["kind"],
  { run }: Manager,
): Check[] {
  const name = names.find((one) => isScript(scripts, one));
  return name === undefined ? [] : [{ run: run(name), kind }];
}

function testsOf(scripts: Record<string, unknown>, { run }: Manager): Check[] {
  const known = TESTS.filter((name) => isScript(scripts, name));
  // One that watches never ends; it counts only where nothing else is there.
  const name = known.find((one) => !/--watch(?!All=false)\b/.test(String(scripts[one]))) ?? known[0];
  return name === undefined ? [] : [{ run: run(name), kind: "test" }];
}

/** Tests of what was built need it built. */
function buildOf(scripts: Record<string, unknown>, tests: readonly Check[], { run }: Manager): string[] {
  const words = `${String(scripts.test ?? "")}`;
  const isBuilt = /(?:^|[\s/'"])(?:dist|build|lib-dist|out)\//.test(words);
  return tests.length > 0 && isBuilt && isScript(scripts, "build") && !isScript(scripts, "pretest")
    ? [run("build")]
    : [];
}

/** npm's own placeholder fails by design and is no check. */
export function isScript(scripts: Record<string, unknown>, name: string): boolean {
  const text = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  return typeof text === "string" && text !== "" && !text.includes("no test specified");
}
