import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeSet, FileChange } from "@aicd/core";
import { runGit } from "../../indexing/git.ts";

const GIT_MS = 60_000;
const AUTHOR = "AI-CD <ai-cd@users.noreply.github.com>";

export type Change = { changeSet: ChangeSet; digest: string; before: ReadonlyMap<string, Buffer> };
export type Place = { directory: string; path: string };

/** The branches of the repository: the files as they were, and with the change. */
export const BRANCHES = { base: "refs/heads/base", work: "refs/heads/work" } as const;

/**
 * A ChangeSet in a git repository that holds the changed files and no more, for as long as `work` takes: contents and
 * paths come in a stream, so none of them names a file on this machine.
 *
 * @param change.before bytes on the base commit, by path, of the files that were there
 * @param work gets a directory for what it writes, and runs git there
 */
export async function withRepository<T>(
  { directory, path }: Place,
  change: Change,
  work: (home: string, git: (args: readonly string[]) => Promise<string>) => Promise<T>,
): Promise<T> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const home = await mkdtemp(join(directory, "patch-"));
  const env = {
    PATH: path,
    HOME: home,
    LC_ALL: "C",
    GIT_DIR: home,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
  const at = { cwd: home, env, signal: AbortSignal.timeout(GIT_MS) };
  try {
    // All that git asks of a repository.
    await writeFile(join(home, "HEAD"), `ref: ${BRANCHES.work}\n`);
    for (const folder of ["objects", "refs"]) await mkdir(join(home, folder));
    await runGit(["fast-import", "--quiet"], { ...at, input: streamOf(change) });
    return await work(home, (args) => runGit(args, at));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Two commits in the language of git-fast-import: the files as they were, and the change on top. */
function streamOf({ changeSet, digest, before }: Change): Buffer {
  const { baseSha, files, title, summary } = changeSet;
  const words = [title, summary, `On top of commit ${baseSha}.\nAICD-Change-Set: ${digest}`];
  const old = files.flatMap((file) => {
    const content = before.get(file.path);
    return content === undefined ? [] : [put(file.path, modeBefore(file), content)];
  });
  // Deletions first: a file may make room for a folder of its name.
  const gone = files.flatMap((file) =>
    file.kind === "delete" ? [Buffer.from(`D ${quoted(file.path)}\n`)] : [],
  );
  const made = files.flatMap((file) =>
    file.kind === "delete" ? [] : [put(file.path, file.mode, Buffer.from(file.contentBase64, "base64"))],
  );
  return Buffer.concat([
    ...commit(BRANCHES.base, "base"),
    ...old,
    ...commit(BRANCHES.work, words.filter((part) => part.trim() !== "").join("\n\n")),
    Buffer.from(`from ${BRANCHES.base}\n`),
    ...gone,
    ...made,
  ]);
}

function commit(ref: string, message: string): Buffer[] {
  const seconds = Math.floor(Date.now() / 1_000);
  return [Buffer.from(`commit ${ref}\ncommitter ${AUTHOR} ${seconds} +0000\n`), data(Buffer.from(message))];
}

function put(path: string, mode: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`M ${mode} inline ${quoted(path)}\n`), data(content)]);
}

function data(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`data ${content.byteLength}\n`), content, Buffer.from("\n")]);
}

function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function modeBefore(file: FileChange): string {
  return (file.kind === "write" ? file.baseMode : null) ?? "100644";
}
