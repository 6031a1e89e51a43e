import {
  AicdError,
  type Base,
  type ChangeSet,
  FileMode,
  type FindSecrets,
  foldPath,
  LIMITS,
  pathsToRead,
} from "@aicd/core";
import type { ReadClient } from "./clients.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

type Entry = { path: string; mode: string; type: string; sha: string; size?: number | undefined };
type Place = { read: ReadClient; repository: RepositoryName };

/**
 * What the commit that a ChangeSet starts from has, as GitHub says it: one call for the tree, and one for each file
 * whose text decides what of the change is news.
 *
 * @throws AicdError invalid when GitHub has no such commit, or a folder too large to be listed
 */
export async function fetchBase(
  read: ReadClient,
  repository: RepositoryName,
  { changeSet, findSecrets }: { changeSet: ChangeSet; findSecrets: FindSecrets },
): Promise<Base> {
  const place = { read, repository };
  const entries = await listFiles(place, changeSet);
  const modes = new Map<string, FileMode>();
  for (const { path, mode } of entries.values()) {
    const known = FileMode.safeParse(mode).data;
    // A mode that git has given up, like 100664, is a plain file.
    modes.set(path, known ?? "100644");
  }
  const texts = new Map<string, string>();
  for (const path of pathsToRead(changeSet, modes, findSecrets)) {
    const entry = entries.get(path);
    // One that is too large counts as if it had nothing in common with the change.
    if (entry === undefined || (entry.size ?? 0) > LIMITS.changeSetBytes) continue;
    texts.set(path, await readBlob(place, entry.sha));
  }
  return { modes, texts };
}

async function listFiles(place: Place, { baseSha, files }: ChangeSet): Promise<Map<string, Entry>> {
  const whole = await readTree(place, baseSha, "recursive");
  const found = new Map<string, Entry>();
  if (!whole.truncated) {
    for (const entry of whole.entries) if (entry.type !== "tree") found.set(entry.path, entry);
    return found;
  }
  const wanted = new Set(files.flatMap(({ path }) => foldersOf(path).map(foldPath)));
  await walk(place, { sha: baseSha, folder: "", wanted, found });
  return found;
}

/** Of a tree too large for one answer: only the folders of changed paths, and those that some machine takes for them. */
async function walk(
  place: Place,
  at: { sha: string; folder: string; wanted: ReadonlySet<string>; found: Map<string, Entry> },
): Promise<void> {
  const { sha, folder, wanted, found } = at;
  const { entries, truncated } = await readTree(place, sha, "alone");
  if (truncated) throw new AicdError("invalid", `GitHub does not list all of the folder \`${folder}\`.`);
  for (const entry of entries) {
    const path = `${folder}${entry.path}`;
    if (entry.type !== "tree") found.set(path, { ...entry, path });
    else if (wanted.has(foldPath(path))) await walk(place, { ...at, sha: entry.sha, folder: `${path}/` });
  }
}

function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

async function readTree({ read, repository }: Place, sha: string, depth: "recursive" | "alone") {
  try {
    const { data } = await read.rest.git.getTree({
      owner: repository.owner,
      repo: repository.name,
      tree_sha: sha,
      ...(depth === "recursive" ? { recursive: "1" } : {}),
    });
    return { entries: data.tree as Entry[], truncated: data.truncated };
  } catch (error) {
    // 409: nothing was ever pushed. 422: that is no commit.
    if (![404, 409, 422].some((status) => isStatus(error, status))) throw error;
    const message = `GitHub has no commit ${sha.slice(0, 9)} in ${repository.owner}/${repository.name}.`;
    throw new AicdError("invalid", message, { cause: error });
  }
}

async function readBlob({ read, repository }: Place, sha: string): Promise<string> {
  const { data } = await read.rest.git.getBlob({
    owner: repository.owner,
    repo: repository.name,
    file_sha: sha,
  });
  return Buffer.from(data.content, "base64").toString("utf8");
}
