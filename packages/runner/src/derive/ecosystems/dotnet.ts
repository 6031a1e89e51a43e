import { dirname } from "node:path/posix";
import { quote } from "../shell.ts";
import { type Finder, isAside, test } from "./project.ts";

const SOLUTION = /^[^/]+(?:\/[^/]+)?\.(?:slnx?|slnf)$/;
const TESTS = /(?:^|\/)[^/]*Tests?[^/]*\.(?:cs|fs|vb)proj$/i;
const PROJECT = /^(?:[^/]+\/){0,2}[^/]+\.(?:cs|fs|vb)proj$/;
const MOST = 3;

/** Its solutions, those at the top first; without any, the projects that say they are tests. */
export const findDotnet: Finder = ({ repository }, directory) => {
  const prefix = directory === "" ? "" : `${directory}/`;
  const paths = repository.paths
    .flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : []))
    .filter((path) => !isAside(dirname(path)));
  const solutions = paths
    .filter((path) => SOLUTION.test(path))
    .toSorted((a, b) => depth(a) - depth(b) || a.length - b.length);
  const top = solutions.filter((path) => depth(path) === depth(solutions[0] ?? ""));
  const projects = paths.filter((path) => TESTS.test(path));
  const named = top.length > 0 ? top : projects;
  if (named.length === 0 && !paths.some((path) => PROJECT.test(path))) return undefined;
  // What stands alone in the root is found by dotnet itself.
  const alone = named.length === 0 || (named.length === 1 && depth(named[0] ?? "") === 0);
  const targets = alone ? [""] : named.slice(0, MOST).map((path) => ` ${quote(path)}`);
  const from = `${prefix}${named[0] ?? paths.find((path) => PROJECT.test(path)) ?? ""}`;
  return {
    ecosystem: "dotnet",
    directory,
    from,
    setup: targets.map((target) => `dotnet restore${target}`),
    checks: targets.map((target) => test(`dotnet test${target} --no-restore`)),
  };
};

function depth(path: string): number {
  return path.split("/").length - 1;
}
