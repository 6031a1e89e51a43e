import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeSet, FileChange } from "@aicd/core";
import { runGit } from "../../indexing/git.ts";

const GIT_MS = 60_000;
const AUTHOR = "AI-CD <ai-cd@users.noreply.github.com>";
const OPTIONS = ["--binary", "--full-index", "--no-renames", "--no-signature", "--no-stat"] as const;

type Input = { changeSet: ChangeSet; digest: string; before: ReadonlyMap<string, Buffer> };

/**
 * A ChangeSet as the patch of one commit, which `git am` and `git apply` take. git itself makes it, in a repository
 * that holds the changed files and no more: contents and paths come in a stream, so none of them names a file on
 * this machine.
 *
 * @param input.before bytes on the base commit, by path, of the files that were there
 */
export async function makePatch(
  { directory, path }: { directory: string; path: string },
  input: Input,
): Promise<Buffer> {
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
    await writeFile(join(home, "HEAD"), "ref: refs/heads/work\n");
    for (const folder of ["objects", "refs"]) await mkdir(join(home, folder));
    await runGit(["fast-import", "--quiet"], { ...at, input: streamOf(input) });
    const out = join(home, "out");
    await runGit(
      ["format-patch", "-1", "--quiet", ...OPTIONS, "--output-directory", out, "refs/heads/work"],
      at,
    );
    const [file = ""] = await readdir(out);
    return await readFile(join(out, file));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Two commits in the language of git-fast-import: the files as they were, and the change on top. */
function streamOf({ changeSet, digest, before }: Input): Buffer {
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
    ...commit("refs/heads/base", "base"),
    ...old,
    ...commit("refs/heads/work", words.filter((part) => part.trim() !== "").join("\n\n")),
    Buffer.from("from refs/heads/base\n"),
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
