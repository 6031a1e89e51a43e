import { FileMode } from "@aicd/core";
import type { Git } from "./git.ts";
import { decodeName, fieldsOf, spellName } from "./names.ts";

export type TreeFile = { path: string; sha: string; bytes: number };
/** `mode` is undefined for a deleted file. */
export type Change = { path: string; mode: FileMode | undefined; sha: string };

/** @returns `unnamed`: changed paths that are no UTF-8, spelled for people */
export async function changesOf(
  git: Git,
  from: string,
  to: string,
): Promise<{ changes: Change[]; unnamed: string[] }> {
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", from, to];
  const fields = [...fieldsOf(await git.run(args))];
  const changes: Change[] = [];
  const unnamed: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = "", , sha = ""] = (fields[at] ?? "").toString().split(" ");
    const name = fields[at + 1] ?? Buffer.alloc(0);
    const path = decodeName(name);
    if (path === undefined) unnamed.push(spellName(name));
    else changes.push({ path, mode: FileMode.safeParse(mode).data, sha });
  }
  return { changes, unnamed };
}

export async function modesOf(git: Git, treeish: string): Promise<Map<string, FileMode>> {
  const found = new Map<string, FileMode>();
  for (const row of fieldsOf(await git.run(["ls-tree", "-r", "-z", "--full-tree", treeish]))) {
    const tab = row.indexOf("\t");
    const mode = FileMode.safeParse(row.subarray(0, 6).toString());
    const path = decodeName(row.subarray(tab + 1));
    if (tab > 0 && mode.success && path !== undefined) found.set(path, mode.data);
  }
  return found;
}

export async function filesOf(git: Git, treeish: string): Promise<TreeFile[]> {
  const out = await git.run(["ls-tree", "-r", "-l", "-z", "--full-tree", treeish]);
  return [...fieldsOf(out)].flatMap((row) => {
    const text = decodeName(row);
    const found = text === undefined ? null : /^100(?:644|755) blob ([0-9a-f]{40}) +(\d+)\t(.*)$/s.exec(text);
    if (found === null) return [];
    const [, sha = "", bytes, path = ""] = found;
    return [{ path, sha, bytes: Number(bytes) }];
  });
}

/** Blobs by id. */
export async function contentsOf(git: Git, shas: readonly string[]): Promise<Map<string, Buffer>> {
  const ids = new Set(shas);
  const blobs = new Map<string, Buffer>();
  if (ids.size === 0) return blobs;
  const out = await git.run(["cat-file", "--batch"], { input: `${[...ids].join("\n")}\n` });
  for (let at = 0; at < out.byteLength; ) {
    const end = out.indexOf(10, at);
    const [sha = "", type, size = "0"] = out.subarray(at, end).toString().split(" ");
    const start = end + 1;
    if (type === "missing") {
      at = start;
      continue;
    }
    blobs.set(sha, out.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return blobs;
}
