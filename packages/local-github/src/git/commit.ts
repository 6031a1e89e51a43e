import type { Repository } from "../world/types.ts";
import type { Person } from "./read.ts";
import { tryGit } from "./run.ts";

export interface NewCommit {
  branch: string;
  /** The commit the branch must still be at; undefined starts the branch without a parent. */
  parent: string | undefined;
  message: string;
  author: Pick<Person, "name" | "email">;
  additions: { path: string; content: Buffer; mode: "100644" | "100755" }[];
  deletions: string[];
}

const COMMITTER = "GitHub <noreply@github.com>";

/**
 * Writes blobs, trees, commit and branch in one `git fast-import`.
 * Undefined when the branch had moved: fast-import refuses a ref update that is no fast-forward.
 */
export async function writeCommit(repository: Repository, commit: NewCommit): Promise<string | undefined> {
  const now = `${Math.floor(Date.now() / 1000)} +0000`;
  const chunks: (string | Buffer)[] = [
    "feature done\n",
    `commit refs/heads/${commit.branch}\nmark :1\n`,
    `author ${clean(commit.author.name)} <${clean(commit.author.email)}> ${now}\n`,
    `committer ${COMMITTER} ${now}\n`,
    ...data(Buffer.from(commit.message)),
    commit.parent ? `from ${commit.parent}\n` : "",
    ...commit.deletions.map((path) => `D ${quote(path)}\n`),
    ...commit.additions.flatMap((file) => [
      `M ${file.mode} inline ${quote(file.path)}\n`,
      ...data(file.content),
    ]),
    "\nget-mark :1\ndone\n",
  ];
  const input = Buffer.concat(
    chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)),
  );
  const result = await tryGit(["fast-import", "--quiet", "--date-format=raw"], {
    cwd: repository.directory,
    input,
  });
  if (result.code === 0) return result.stdout.toString().trim();
  if (/not updating|does not contain/i.test(result.stderr)) return undefined;
  throw new Error(`git fast-import failed (${result.code}): ${result.stderr.trim()}`);
}

function data(content: Buffer): [string, Buffer, string] {
  return [`data ${content.length}\n`, content, "\n"];
}

/** A person's line ends at `<`, `>` or a line break, so none may come from outside. */
function clean(text: string): string {
  return text.replaceAll(/[<>\n\0]/g, "");
}

function quote(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** A path git would refuse, or that would leave the repository. */
export function isSafePath(path: string): boolean {
  if (path === "" || path.includes("\0")) return false;
  return path
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && !/^\.git$/i.test(part));
}
