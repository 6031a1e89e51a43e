import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeSet } from "@aicd/core";
import { runGit } from "../indexing/git.ts";

const GIT_MS = 60_000;
const AUTHOR = "AI-CD <ai-cd@users.noreply.github.com>";

/**
 * A ChangeSet as the patch of one commit, which `git am` and `git apply` take. git itself makes it, in a repository
 * that holds the changed files and no more: contents are blobs and paths are entries of an index, so none of them
 * names a file on this machine.
 *
 * @param input.before bytes on the base commit, by path, of the files that were there
 */
export async function makePatch(
  { directory, path }: { directory: string; path: string },
  input: { changeSet: ChangeSet; digest: string; before: ReadonlyMap<string, Buffer> },
): Promise<Buffer> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const home = await mkdtemp(join(directory, "patch-"));
  try {
    return await make(home, path, input);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function make(
  home: string,
  path: string,
  { changeSet, digest, before }: Parameters<typeof makePatch>[1],
): Promise<Buffer> {
  const { baseSha, files, title, summary } = changeSet;
  const [, name = "", email = ""] = /^(.*) <(.*)>$/.exec(AUTHOR) ?? [];
  const signal = AbortSignal.timeout(GIT_MS);
  const env = {
    PATH: path,
    HOME: home,
    LC_ALL: "C",
    GIT_DIR: home,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
  const git = async (args: string[], more: Record<string, string> = {}) =>
    (await runGit(args, { cwd: home, env: { ...env, ...more }, signal })).trim();

  /** The tree of some entries. */
  async function treeOf(index: string, entries: { path: string; mode: string; content: Buffer }[]) {
    const shown: string[] = [];
    for (const [at, entry] of entries.entries()) {
      const file = join(home, `${index}-${at}`);
      await writeFile(file, entry.content);
      const sha = await git(["hash-object", "-w", "--no-filters", "--", file]);
      shown.push("--cacheinfo", `${entry.mode},${sha},${entry.path}`);
    }
    const own = { GIT_INDEX_FILE: join(home, index) };
    if (shown.length > 0) await git(["update-index", "--add", ...shown], own);
    return git(["write-tree"], own);
  }

  await git(["init", "--quiet", "--bare", "--template=", "--", home]);
  const old = files.flatMap((file) => {
    const content = before.get(file.path);
    const mode = (file.kind === "write" ? file.baseMode : null) ?? "100644";
    return content === undefined ? [] : [{ path: file.path, mode, content }];
  });
  const made = files.flatMap((file) =>
    file.kind === "delete"
      ? []
      : [{ path: file.path, mode: file.mode, content: Buffer.from(file.contentBase64, "base64") }],
  );
  const base = await git(["commit-tree", await treeOf("old", old), "-m", "base"]);
  const words = [title, summary, `On top of commit ${baseSha}.\nAICD-Change-Set: ${digest}`];
  const message = words.filter((part) => part.trim() !== "").flatMap((part) => ["-m", part]);
  const commit = await git(["commit-tree", await treeOf("new", made), "-p", base, ...message]);
  const options = ["--binary", "--full-index", "--no-renames", "--no-signature", "--no-stat"];
  await git(["format-patch", "-1", "--quiet", ...options, "--output-directory", join(home, "out"), commit]);
  const [file = ""] = await readdir(join(home, "out"));
  return readFile(join(home, "out", file));
}
