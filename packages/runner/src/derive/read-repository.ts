import type { Repository } from "./plan.ts";

/** Names of files that tell how something is built; only these are read. */
const TELLING =
  /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml|lerna\.json|deno\.jsonc?|pyproject\.toml|setup\.(?:py|cfg)|tox\.(?:ini|toml)|noxfile\.py|Pipfile|requirements[\w/.-]*\.txt|[\w-]*requirements\.txt|go\.work|Cargo\.toml|gradle-wrapper\.properties|Gemfile|gems\.rb|[Rr]akefile|Rakefile\.rb|[^/]+\.gemspec|composer\.json|CMakeLists\.txt|(?:GNU)?[Mm]akefile|\.?[Jj]ustfile|Taskfile(?:\.dist)?\.ya?ml|action\.ya?ml|devcontainer\.json|\.devcontainer\.json)$|^\.github\/workflows\/[^/]+\.ya?ml$/;
const ASIDE = /(?:^|\/)(?:node_modules|vendor|third_party|testdata|fixtures|__tests__)\//;

const MOST_FILES = 600;
const MOST_BYTES = 300_000;
const DEEPEST = 6;

type File = { path: string; sha: string; bytes: number };
type Source = {
  files(): Promise<readonly File[]>;
  blobs(shas: readonly string[]): Promise<Map<string, Buffer>>;
};

/** Reads at once what derivation may ask for; bounded, whatever the repository has of it. */
export async function readRepository(source: Source): Promise<Repository> {
  const files = await source.files();
  const telling = files
    .filter(isTelling)
    .toSorted((a, b) => depth(a.path) - depth(b.path))
    .slice(0, MOST_FILES);
  const blobs = await source.blobs(telling.map(({ sha }) => sha));
  const texts = new Map(telling.map(({ path, sha }) => [path, blobs.get(sha)?.toString()]));
  return createRepository(
    files.map(({ path }) => path),
    (path) => texts.get(path),
  );
}

/** Whether a file says how the repository is built. @param bytes its size */
function isTelling({ path, bytes }: { path: string; bytes: number }): boolean {
  return bytes <= MOST_BYTES && TELLING.test(path) && !ASIDE.test(path) && depth(path) <= DEEPEST;
}

export function createRepository(
  paths: readonly string[],
  text: (path: string) => string | undefined,
): Repository {
  const known = new Set(paths);
  return { paths, has: (path) => known.has(path), text };
}

function depth(path: string): number {
  return path.startsWith(".github/") || path.startsWith(".devcontainer") ? 0 : path.split("/").length;
}
