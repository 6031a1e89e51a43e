import type { ChangeSet, FileChange, FileMode } from "@aicd/core";
import { blobAt, fileChanges } from "./file-changes.ts";
import type { Git } from "./git.ts";
import type { LeftOut } from "./left-out.ts";
import { changesOf, contentsOf, filesOf, modesOf, type TreeFile } from "./tree-lists.ts";
import { createWorkingTree, type Look, type Recorded, submoduleOf } from "./working-tree.ts";

export type Tree = {
  /** Takes the working tree as it is now for the ground; what setup and checks left behind is no change. */
  ground(): Promise<void>;
  /**
   * What was changed since the ground, on top of `startSha`. `written` are paths written on purpose.
   * `leftOut` is what cannot be in it, or is none of it.
   */
  changeSet(input: {
    title: string;
    summary: string;
    written: ReadonlySet<string>;
  }): Promise<{ changeSet: ChangeSet; leftOut: LeftOut[] }>;
  /** The same as a patch that `git apply` takes, binary files and all; undefined: nothing was changed. */
  patch(written: ReadonlySet<string>): Promise<Buffer | undefined>;
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

const NONE: ReadonlySet<string> = new Set();
const DIFF = [
  "diff-tree",
  "-r",
  "-p",
  "--no-ext-diff",
  "--no-textconv",
  "--no-renames",
  "--no-color",
] as const;

/** Reads changes of the working tree at `root` through a git directory the agent cannot touch. */
export function createTree(git: Git, { root, startSha }: { root: string; startSha: string }): Tree {
  const workingTree = createWorkingTree(git, root);
  let groundTree = startSha;
  let groundLook: Look | undefined;
  let busy: Promise<unknown> = Promise.resolve();
  let start: Promise<ReadonlyMap<string, FileMode>> | undefined;

  function startModes(): Promise<ReadonlyMap<string, FileMode>> {
    start ??= modesOf(git, startSha);
    return start;
  }

  /** One after another: there is one index, and a second git would find it locked. */
  function record(written: ReadonlySet<string> = NONE): Promise<Recorded> {
    const next = busy.then(async () => workingTree.record(await startModes(), written));
    busy = next.catch(() => undefined);
    return next;
  }

  async function changeSet({ title, summary, written }: Parameters<Tree["changeSet"]>[0]) {
    const recorded = await record(written);
    const at = await startModes();
    const [{ changes, unnamed }, ground, look] = [
      await changesOf(git, groundTree, recorded.tree),
      await modesOf(git, groundTree),
      await workingTree.look(at),
    ];
    // A file that setup or checks made, and that the agent did not write, is only remade.
    const meant = changes.filter(({ path }) => at.has(path) || written.has(path) || !ground.has(path));
    const files = await fileChanges(git, { changes: meant, at, startSha });
    const left = [
      ...recorded.leftOut,
      ...unnamed.map((path) => ({ path, why: "its name is not UTF-8" })),
      ...(groundLook === undefined ? [] : newsOf(groundLook, look)),
      ...submodulesOf(at, written),
    ];
    const leftOut = onceEach(left, files).map((one) => ({ ...one, meant: covers(one.path, written) }));
    return { changeSet: { baseSha: startSha, files, title, summary }, leftOut };
  }

  return {
    async ground() {
      groundTree = (await record()).tree;
      groundLook = await workingTree.look(await startModes());
    },
    changeSet,
    async patch(written) {
      const { changeSet: made } = await changeSet({ title: "Patch", summary: "", written });
      if (made.files.length === 0) return undefined;
      const { tree } = await record(written);
      const args = [...DIFF, "--binary", "--full-index", startSha, tree, "--"];
      const diff = await git.run([...args, ...made.files.map(({ path }) => `:(literal)${path}`)]);
      return Buffer.concat([Buffer.from(`On top of commit ${startSha}.\n\n`), diff]);
    },
    async diff() {
      return (await git.run([...DIFF, groundTree, (await record()).tree])).toString();
    },
    bytes: (sha, path) => blobAt(git, sha, path),
    show: async (sha, path) => (await blobAt(git, sha, path))?.toString(),
    files: async () => filesOf(git, (await record()).tree),
    blobs: (shas) => contentsOf(git, shas),
  };
}

/** Each path once, and none that is in the change after all. */
function onceEach(left: Recorded["leftOut"], files: readonly FileChange[]): Recorded["leftOut"] {
  const paths = new Set(files.map(({ path }) => path));
  return [...new Map(left.filter(({ path }) => !paths.has(path)).map((one) => [one.path, one])).values()];
}

const IN_SUBMODULE = "it lies in a submodule, whose own repository it belongs to";

/** What git says nothing of and was not there at the ground. */
function newsOf(before: Look, now: Look): Recorded["leftOut"] {
  const special = [...now.special].filter(([path]) => !before.special.has(path));
  const ignored = [...now.ignored].filter((path) => !before.ignored.has(path));
  const touched = [...now.submodules].filter(([path, stamp]) => before.submodules.get(path) !== stamp);
  return [
    ...special.map(([path, why]) => ({ path, why })),
    ...ignored.map((path) => ({ path, why: "its folder is ignored, although files in it are tracked" })),
    ...touched.map(([path]) => ({ path, why: "files in this submodule were changed" })),
  ];
}

function submodulesOf(
  start: ReadonlyMap<string, FileMode>,
  written: ReadonlySet<string>,
): Recorded["leftOut"] {
  const inside = [...written].filter((path) => submoduleOf(start, path) !== undefined);
  return inside.map((path) => ({ path, why: IN_SUBMODULE }));
}

function covers(path: string, written: ReadonlySet<string>): boolean {
  return written.has(path) || [...written].some((one) => one.startsWith(`${path}/`));
}
