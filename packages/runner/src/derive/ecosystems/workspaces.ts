import { parse } from "yaml";
import type { Repository } from "../plan.ts";
import { type Json, readJson, recordOf, stringsOf } from "./json.ts";
import type { Manager } from "./node-manager.ts";
import { at, type Check, type Found } from "./project.ts";

type Package = { path: string; name: string; hasTests: boolean; needs: string[] };

/** More than these are run by the manager's own loop over all of them. */
const MOST = 12;

/** The packages of an npm, pnpm, yarn, bun or lerna workspace. */
export function packagesOf(repository: Repository, directory: string, manifest: Json): Package[] {
  const globs = globsOf(repository, directory, manifest);
  if (globs.length === 0) return [];
  const wanted = globs.filter((glob) => !glob.startsWith("!")).map((glob) => toPattern(at(directory, glob)));
  const unwanted = globs
    .filter((glob) => glob.startsWith("!"))
    .map((glob) => toPattern(at(directory, glob.slice(1))));
  return repository.paths.flatMap((path): Package[] => {
    if (!path.endsWith("/package.json")) return [];
    const place = path.slice(0, -"/package.json".length);
    if (!wanted.some((one) => one.test(place)) || unwanted.some((one) => one.test(place))) return [];
    const inner = readJson(repository.text(path));
    const script = recordOf(inner.scripts).test;
    const hasTests = typeof script === "string" && !script.includes("no test specified");
    const needs = ["dependencies", "devDependencies", "peerDependencies"].flatMap((key) =>
      Object.keys(recordOf(inner[key])),
    );
    return [{ path: place, name: String(inner.name ?? place), hasTests, needs }];
  });
}

function globsOf(repository: Repository, directory: string, manifest: Json): string[] {
  const { workspaces } = manifest;
  const own = Array.isArray(workspaces) ? stringsOf(workspaces) : stringsOf(recordOf(workspaces).packages);
  if (own.length > 0) return own;
  const text = repository.text(at(directory, "pnpm-workspace.yaml"));
  if (text !== undefined) return stringsOf(recordOf(safely(text)).packages);
  return stringsOf(readJson(repository.text(at(directory, "lerna.json"))).packages);
}

function safely(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent" });
  } catch {
    // pnpm itself will say what is wrong with it.
    return undefined;
  }
}

function toPattern(glob: string): RegExp {
  const text = glob
    .replace(/^\.\//, "")
    .replace(/\/$/, "")
    .replaceAll(/[.+^$()|[\]\\]/g, "\\$&");
  return new RegExp(
    `^${text
      .replaceAll("**", "\0")
      .replaceAll("*", "[^/]*")
      .replaceAll("\0", ".*")
      .replace(/\{([^}]*)\}/g, (_, inner: string) => `(?:${inner.replaceAll(",", "|")})`)}$`,
  );
}

type Workspace = { manager: Manager; packages: readonly Package[] };

/** Tests that only the packages have: those a change touches with those that need them, or all. */
export function partsOf(
  { repository, touched }: Found,
  directory: string,
  { manager, packages }: Workspace,
): Check[] {
  const tested = packages.filter(({ hasTests }) => hasTests);
  if (tested.length === 0) return [];
  const reached = touched === undefined ? undefined : reachedBy(packages, touched);
  const kept = reached === undefined ? tested : tested.filter(({ path }) => reached.has(path));
  if (kept.length > 0 && kept.length < tested.length && kept.length <= MOST) {
    return kept.map((one) => ({ run: ofOne(manager, one, directory), kind: "test" as const }));
  }
  return [{ run: ofAll(repository, directory, manager), kind: "test" }];
}

/** Undefined: something outside of all packages is touched, and who needs that is not known. */
function reachedBy(packages: readonly Package[], touched: readonly string[]): Set<string> | undefined {
  const reached = new Set<Package>();
  for (const path of touched) {
    const owner = packages
      .filter((one) => path.startsWith(`${one.path}/`))
      .toSorted((a, b) => b.path.length - a.path.length)[0];
    if (owner === undefined) return undefined;
    reached.add(owner);
  }
  for (const one of reached) {
    for (const other of packages) if (other.needs.includes(one.name)) reached.add(other);
  }
  return new Set([...reached].map(({ path }) => path));
}

function ofOne({ name }: Manager, { path, name: packageName }: Package, directory: string): string {
  const place = directory === "" ? path : path.slice(directory.length + 1);
  if (name === "pnpm") return `pnpm --filter ./${place} test`;
  if (name === "yarn") return `yarn workspace ${packageName} test`;
  if (name === "bun") return `bun run --filter ./${place} test`;
  return `npm test --workspace ${place}`;
}

function ofAll(repository: Repository, directory: string, { name, isBerry }: Manager): string {
  const there = (file: string) => repository.has(at(directory, file));
  if (there("turbo.json")) return "npx turbo run test";
  if (there("nx.json")) return "npx nx run-many --target=test";
  if (there("lerna.json")) return "npx lerna run test";
  if (name === "pnpm") return "pnpm --recursive --if-present test";
  if (name === "bun") return "bun run --filter '*' test";
  if (name === "yarn") return isBerry ? "yarn workspaces foreach --all run test" : "yarn workspaces run test";
  return "npm test --workspaces --if-present";
}
