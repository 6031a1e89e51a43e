import { AicdError, type CodeSource, type IndexedFile, type PastCommit } from "@aicd/core";
import { INDEX_LIMITS } from "../limits.ts";
import { createGit, type Git } from "./git.ts";

const SHA = /^[0-9a-f]{40}$/;
const LISTING_BYTES = 256 * 1024 * 1024;
const HISTORY_BYTES = 64 * 1024 * 1024;

/**
 * One commit of a bare repository, read by git itself. `path` is where git is looked for; `env` is added
 * to an otherwise empty environment. Shallow and blobless clones will do: what is not there is left out.
 * Throws `invalid` for a commit that is no full sha; its calls reject with `broken` when git fails.
 */
export function createGitSource(options: {
  gitDir: string;
  commit: string;
  path: string;
  env?: Record<string, string>;
}): CodeSource {
  const { commit } = options;
  if (!SHA.test(commit)) throw new AicdError("invalid", "A commit to index is named by its full sha.");
  const git = createGit(options);
  return {
    commit,
    files: () => list(git, commit),
    blobs: (shas) => contents(git, shas),
    history: ({ limit, until }) => history(git, commit, { limit, until }),
  };
}

async function list(git: Git, commit: string): Promise<IndexedFile[]> {
  try {
    return filesOf(
      await git(["ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--"], { most: LISTING_BYTES }),
    );
  } catch {
    // A blobless clone cannot tell the size of what it lacks, and git then tells nothing at all.
    return listPresent(git, commit);
  }
}

async function listPresent(git: Git, commit: string): Promise<IndexedFile[]> {
  const most = LISTING_BYTES;
  const walk = ["rev-list", "--objects", "--no-walk", "--missing=print", commit, "--"];
  const objects = (await git(walk, { most })).toString().split("\n");
  const missing = new Set(objects.filter((row) => row.startsWith("?")).map((row) => row.slice(1)));
  const all = filesOf(await git(["ls-tree", "-r", "-z", "--full-tree", commit, "--"], { most }));
  const files = all.filter(({ sha }) => !missing.has(sha));
  if (files.length === 0) return [];
  const input = `${[...new Set(files.map(({ sha }) => sha))].join("\n")}\n`;
  const out = await git(["cat-file", "--batch-check=%(objectname) %(objectsize)"], {
    most: LISTING_BYTES,
    input,
  });
  const sizes = new Map(
    out
      .toString()
      .split("\n")
      .map((row): [string, number] => [row.slice(0, 40), Number(row.slice(41) || Number.NaN)]),
  );
  return files.flatMap((file) => {
    const bytes = sizes.get(file.sha) ?? Number.NaN;
    return Number.isInteger(bytes) ? [{ ...file, bytes }] : [];
  });
}

/** `100644 blob <sha> [<size>]\t<path>`, ended by a NUL; links and submodules are left out. */
function filesOf(out: Buffer): IndexedFile[] {
  return out
    .toString()
    .split("\0")
    .flatMap((row): IndexedFile[] => {
      const tab = row.indexOf("\t");
      const [mode = "", , sha = "", bytes = "0"] = row.slice(0, tab).split(/ +/);
      if (tab < 0 || !mode.startsWith("100")) return [];
      return [{ path: row.slice(tab + 1), sha, bytes: Number(bytes) }];
    });
}

async function contents(git: Git, shas: readonly string[]): Promise<Map<string, Buffer>> {
  const ids = [...new Set(shas)].filter((sha) => SHA.test(sha));
  const blobs = new Map<string, Buffer>();
  if (ids.length === 0) return blobs;
  const most = ids.length * (INDEX_LIMITS.fileBytes + 200);
  const out = await git(["cat-file", "--batch"], { most, input: `${ids.join("\n")}\n` });
  for (let at = 0; at < out.byteLength; ) {
    const end = out.indexOf(10, at);
    const [sha = "", type, size = "0"] = out.subarray(at, end).toString().split(" ");
    at = end + 1;
    if (type === "missing") continue;
    // A copy, so that one small file does not keep the whole answer in memory.
    if (type === "blob") blobs.set(sha, Buffer.from(out.subarray(at, at + Number(size))));
    at += Number(size) + 1;
  }
  return blobs;
}

async function history(
  git: Git,
  commit: string,
  { limit, until }: { limit: number; until: string | undefined },
): Promise<PastCommit[]> {
  const known = until !== undefined && (await isBehind(git, until, commit)) ? until : undefined;
  const out = await git(
    [
      "log",
      "-z",
      "--name-only",
      "--no-renames",
      "--no-merges",
      "--no-color",
      "--no-show-signature",
      "--no-ext-diff",
      "--encoding=UTF-8",
      `--max-count=${Math.max(0, Math.trunc(limit))}`,
      "--format=%x01%H%x00%B%x00",
      known === undefined ? commit : `${known}..${commit}`,
      "--",
    ],
    { most: HISTORY_BYTES, whenCut: "keep" },
  );
  const commits = parseLog(out.toString());
  return known === undefined ? commits : [...commits, { sha: known, message: "", paths: [] }];
}

/** Whether the walk from `commit` would come past `until`: not after a forced push, nor past a shallow end. */
async function isBehind(git: Git, until: string, commit: string): Promise<boolean> {
  if (!SHA.test(until)) return false;
  try {
    await git(["merge-base", "--is-ancestor", until, commit], { most: 1_000 });
    return true;
  } catch {
    // "No" is exit code 1, and an unknown commit is an error: the answer is the same.
    return false;
  }
}

/** `\x01<sha>\0<message>\0` and the paths, each ended by a NUL, the first behind a line feed. */
function parseLog(text: string): PastCommit[] {
  const commits: PastCommit[] = [];
  const fields = text.split("\0");
  for (let at = 0; at < fields.length; ) {
    const sha = startedBy(fields[at]);
    if (sha === undefined) {
      at += 1;
      continue;
    }
    const message = fields[at + 1] ?? "";
    const paths: string[] = [];
    for (at += 2; at < fields.length && startedBy(fields[at]) === undefined; at++) {
      const path = (fields[at] ?? "").replace(/^\n/, "");
      if (path !== "") paths.push(path);
    }
    commits.push({ sha, message: message.slice(0, INDEX_LIMITS.messageCharacters), paths });
  }
  return commits;
}

function startedBy(field = ""): string | undefined {
  const mark = field.indexOf("\u0001");
  const sha = field.slice(mark + 1);
  return mark >= 0 && mark <= 1 && SHA.test(sha) ? sha : undefined;
}
