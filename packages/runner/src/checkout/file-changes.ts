import { type FileChange, type FileMode, hiddenBefore, twins } from "@aicd/core";
import type { Git } from "./git.ts";
import { type Change, contentsOf } from "./tree-lists.ts";

/** Changes of a tree as they travel, with what the policy has to know of the base to judge them alone. */
export async function fileChanges(
  git: Git,
  input: { changes: readonly Change[]; at: ReadonlyMap<string, FileMode>; startSha: string },
): Promise<FileChange[]> {
  const { changes, at, startSha } = input;
  const twinsOf = findTwins(changes, at);
  const blobs = await contentsOf(
    git,
    // A submodule entry names a commit, which has no content here.
    changes.filter(({ mode }) => mode !== undefined && mode !== "160000").map(({ sha }) => sha),
  );
  const files = changes.map(async ({ path, mode, sha }): Promise<FileChange[]> => {
    if (mode === undefined) return at.has(path) ? [{ kind: "delete", path }] : [];
    const content = blobs.get(sha) ?? Buffer.alloc(0);
    const baseMode = at.get(path) ?? null;
    const known = baseMode === null ? undefined : await knownHidden(git, { startSha, path, content });
    const twinOf = twinsOf.get(path);
    return [
      {
        ...{ kind: "write", path, mode, baseMode, contentBase64: content.toString("base64") },
        ...(known === undefined ? {} : { hiddenBefore: known }),
        ...(twinOf === undefined ? {} : { twinOf }),
      },
    ];
  });
  return (await Promise.all(files)).flat();
}

/** Which new paths are too like one that stays. */
function findTwins(changes: readonly Change[], at: ReadonlyMap<string, FileMode>) {
  const deleted = new Set(changes.filter(({ mode }) => mode === undefined).map(({ path }) => path));
  const made = changes
    .filter(({ path, mode }) => mode !== undefined && !at.has(path))
    .map(({ path }) => path);
  return twins(made, made.length === 0 ? [] : [...at.keys()].filter((path) => !deleted.has(path)));
}

async function knownHidden(git: Git, file: { startSha: string; path: string; content: Buffer }) {
  const text = file.content.toString();
  if (hiddenBefore(text, text) === undefined) return undefined;
  return hiddenBefore((await blobAt(git, file.startSha, file.path))?.toString() ?? "", text);
}

/** A file of a commit, or undefined when it is not there. */
export async function blobAt(git: Git, sha: string, path: string): Promise<Buffer | undefined> {
  try {
    return await git.run(["cat-file", "blob", `${sha}:${path}`]);
  } catch {
    // Most repositories have no such file.
    return undefined;
  }
}
