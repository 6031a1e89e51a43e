import type { ReadClient } from "./clients.ts";
import { askGraphql } from "./graphql.ts";
import type { RepositoryName } from "./permission.ts";

export type ComparedFile = {
  path: string;
  /** GitHub's words: added, removed, modified, renamed, copied, changed. */
  status: string;
  additions: number;
  deletions: number;
};

/** GitHub names no more files of a comparison than this. */
const MOST_FILES = 300;

/** What a branch changes since it left its base, whoever wrote it: what a merge would bring. */
export async function compareFiles(
  read: ReadClient,
  place: RepositoryName,
  { base, head }: { base: string; head: string },
): Promise<{ files: ComparedFile[]; isWhole: boolean }> {
  const basehead = `${base}...${head}`;
  const { data } = await read.rest.repos.compareCommitsWithBasehead({
    owner: place.owner,
    repo: place.name,
    basehead,
  });
  const files = (data.files ?? []).map(({ filename: path, status, additions, deletions }) => ({
    ...{ path, status, additions, deletions },
  }));
  return { files, isWhole: files.length < MOST_FILES };
}

type Answer = { repository: Record<string, { entries?: { name: string; mode: number }[] } | null> | null };

const EXECUTABLE = 0o100755;

/** Of files that should be executable, those that a commit does not keep as such: the API has no modes. */
export async function lostModes(
  read: ReadClient,
  place: RepositoryName,
  { sha, paths }: { sha: string; paths: readonly string[] },
): Promise<string[]> {
  if (paths.length === 0) return [];
  const folders = [...new Set(paths.map(folderOf))];
  const asked = folders.map(
    (_, at) => `d${at}: object(expression: $e${at}) { ... on Tree { entries { name mode } } }`,
  );
  const variables = folders.map((_, at) => `$e${at}: String!`);
  const query = `query modes($owner: String!, $name: String!, ${variables.join(", ")}) {
    repository(owner: $owner, name: $name) { ${asked.join(" ")} }
  }`;
  const expressions = folders.map((folder, at) => [`e${at}`, `${sha}:${folder}`]);
  const { repository } = await askGraphql<Answer>(read, query, {
    owner: place.owner,
    name: place.name,
    ...Object.fromEntries(expressions),
  });
  const kept = new Set(
    folders.flatMap((folder, at) =>
      (repository?.[`d${at}`]?.entries ?? [])
        .filter(({ mode }) => mode === EXECUTABLE)
        .map(({ name }) => (folder === "" ? name : `${folder}/${name}`)),
    ),
  );
  return paths.filter((path) => !kept.has(path));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
