import { type ChangeSet, type FileChange, FileMode } from "@aicd/core";
import type { Git } from "./git.ts";

export type Tree = {
  /** Takes the working tree as it is now for the ground; what setup and checks left behind is no change. */
  ground(): Promise<void>;
  /** What was changed since the ground, on top of `startSha`. `written` are paths written on purpose. */
  changeSet(input: { title: string; summary: string; written: ReadonlySet<string> }): Promise<ChangeSet>;
  /** Unified diff of the working tree against the ground. */
  diff(): Promise<string>;
  /** A file of a commit, or undefined when it is not there. */
  bytes(sha: string, path: string): Promise<Buffer | undefined>;
  /** The same as text. */
  show(sha: string, path: string): Promise<string | undefined>;
  /** The plain files of the working tree as it is now; ignored ones are not there. */
  files(): Promise<TreeFile[]>;
  /** Contents by blob id; ids that are no blobs are left out. */
  blobs(shas: readonly string[]): Promise<Map<string, Buffer>>;
};
type TreeFile = { path: string; sha: string; bytes: number };

/** Reads changes through a git directory the agent cannot touch. */
export function createTree(git: Git, startSha: string): Tree {
  let groundTree = startSha;
  let busy: Promise<unknown> = Promise.resolve();

  /** One after another: there is one index, and a second git would find it locked. */
  function snapshot(): Promise<string> {
    const next = busy.then(async () => {
      await git.run(["add", "--all", "--", "."]);
      return (await git.run(["write-tree"])).toString().trim();
    });
    busy = next.catch(() => undefined);
    return next;
  }

  async function bytes(sha: string, path: string): Promise<Buffer | undefined> {
    try {
      return await git.run(["cat-file", "blob", `${sha}:${path}`]);
    } catch {
      // Most repositories have no such file.
      return undefined;
    }
  }

  return {
    async ground() {
      groundTree = await snapshot();
    },
    async changeSet({ title, summary, written }) {
      const [changed, start, ground] = [
        await changes(git, groundTree, await snapshot()),
        await modes(git, startSha),
        await modes(git, groundTree),
      ];
      // A file that setup or checks made, and that the agent did not write, is only remade.
      const meant = changed.filter(({ path }) => start.has(path) || written.has(path) || !ground.has(path));
      const blobs = await contents(
        git,
        // A submodule entry names a commit, which has no content here.
        meant.filter(({ mode }) => mode !== undefined && mode !== "160000").map(({ sha }) => sha),
      );
      const files = meant.flatMap(({ path, mode, sha }): FileChange[] => {
        if (mode === undefined) return start.has(path) ? [{ kind: "delete", path }] : [];
        const contentBase64 = blobs.get(sha)?.toString("base64") ?? "";
        return [{ kind: "write", path, mode, baseMode: start.get(path) ?? null, contentBase64 }];
      });
      return { baseSha: startSha, files, title, summary };
    },
    async diff() {
      const args = ["diff-tree", "-r", "-p", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color"];
      return (await git.run([...args, groundTree, await snapshot()])).toString();
    },
    bytes,
    show: async (sha, path) => (await bytes(sha, path))?.toString(),
    files: async () => list(git, await snapshot()),
    blobs: (shas) => contents(git, shas),
  };
}

/** `mode` is undefined for a deleted file. */
type Change = { path: string; mode: FileMode | undefined; sha: string };

async function changes(git: Git, from: string, to: string): Promise<Change[]> {
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", from, to];
  const fields = (await git.run(args)).toString().split("\0");
  const found: Change[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = "", , sha = ""] = (fields[at] ?? "").split(" ");
    found.push({ path: fields[at + 1] ?? "", mode: FileMode.safeParse(mode).data, sha });
  }
  return found;
}

async function modes(git: Git, treeish: string): Promise<Map<string, FileMode>> {
  const rows = (await git.run(["ls-tree", "-r", "-z", "--full-tree", treeish])).toString().split("\0");
  const found = new Map<string, FileMode>();
  for (const row of rows) {
    const tab = row.indexOf("\t");
    const mode = FileMode.safeParse(row.slice(0, 6));
    if (tab > 0 && mode.success) found.set(row.slice(tab + 1), mode.data);
  }
  return found;
}

async function list(git: Git, treeish: string): Promise<TreeFile[]> {
  const rows = (await git.run(["ls-tree", "-r", "-l", "-z", "--full-tree", treeish])).toString().split("\0");
  return rows.flatMap((row) => {
    const found = /^100(?:644|755) blob ([0-9a-f]{40}) +(\d+)\t(.*)$/s.exec(row);
    if (found === null) return [];
    const [, sha = "", bytes, path = ""] = found;
    return [{ path, sha, bytes: Number(bytes) }];
  });
}

/** Blobs by id. */
async function contents(git: Git, shas: readonly string[]): Promise<Map<string, Buffer>> {
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
