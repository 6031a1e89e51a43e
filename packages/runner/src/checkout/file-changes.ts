import { type FileChange, type FileMode, pathsToRead, withBase } from "@aicd/core";
import type { Git } from "./git.ts";
import { secretFinder } from "./secret-finder.ts";
import { type Change, contentsOf } from "./tree-lists.ts";

/**
 * Changes of a tree as they travel, with what the policy has to know of the base to judge them alone. Whoever
 * publishes them reads that again from GitHub; here it spares the agent findings that are none.
 */
export async function fileChanges(
  git: Git,
  input: { changes: readonly Change[]; at: ReadonlyMap<string, FileMode>; startSha: string },
): Promise<FileChange[]> {
  const { changes, at: modes, startSha } = input;
  const blobs = await contentsOf(
    git,
    // A submodule entry names a commit, which has no content here.
    changes.filter(({ mode }) => mode !== undefined && mode !== "160000").map(({ sha }) => sha),
  );
  const files = changes.flatMap(({ path, mode, sha }): FileChange[] => {
    if (mode === undefined) return modes.has(path) ? [{ kind: "delete", path }] : [];
    const contentBase64 = (blobs.get(sha) ?? Buffer.alloc(0)).toString("base64");
    return [{ kind: "write", path, mode, baseMode: null, contentBase64 }];
  });
  const findSecrets = await secretFinder();
  const wanted = pathsToRead({ files }, modes, findSecrets);
  const read = wanted.map(async (path) => [path, await textAt(git, startSha, path)] as const);
  return withBase({ files }, { modes, texts: new Map(await Promise.all(read)) }, findSecrets).files;
}

async function textAt(git: Git, sha: string, path: string): Promise<string> {
  return (await blobAt(git, sha, path))?.toString() ?? "";
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
