import type { TreeEntry } from "../git/read.ts";
import { GraphqlProblem } from "../graphql/scope.ts";

export interface FileChanges {
  additions: readonly { path: string; contents: string }[];
  deletions: readonly string[];
}

const refuse = (message: string): GraphqlProblem => new GraphqlProblem("UNPROCESSABLE", message);

/**
 * What `createCommitOnBranch` refuses by looking at its input alone: schema.graphql `CreateCommitOnBranchInput`,
 * `CommitMessage`, `FileChanges`, `FileAddition` and the scalar `Base64String`.
 */
export function checkCommitInput(headline: string, changes: FileChanges): void {
  const { additions, deletions } = changes;
  // `CommitMessage.headline` is not nullable; a commit whose first line is empty has none.
  if (headline.trim() === "") throw refuse("A commit message headline can't be blank");
  // `FileChanges` describes "a set of changes"; a commit that changes nothing is not made.
  if (additions.length + deletions.length === 0) throw refuse("No file changes were provided");
  for (const [at, { contents }] of additions.entries()) {
    if (isBase64(contents)) continue;
    throw new GraphqlProblem(
      "INVALID_VARIABLES",
      `Variable $input of type CreateCommitOnBranchInput! was provided invalid value for fileChanges.additions.${at}.contents (Expected value to be base64 encoded)`,
    );
  }
  for (const path of [...additions.map((each) => each.path), ...deletions]) {
    if (!isSafePath(path)) throw refuse(`path contains a malformed path component: ${path}`);
  }
  const paths = [...additions.map((each) => each.path), ...deletions];
  if (new Set(paths).size < paths.length) throw refuse("A path was specified more than once");
}

/** How the tree of the parent looks to the rules below. */
export interface ParentTree {
  oid: string;
  entryAt: (path: string) => Promise<TreeEntry | undefined>;
  /** Paths of the files below a directory. */
  filesBelow: (path: string) => Promise<string[]>;
}

/** What it refuses by looking at the parent commit: schema.graphql `FileChanges`, `FileDeletion`. */
export async function checkAgainstParent(changes: FileChanges, parent: ParentTree): Promise<void> {
  const gone = new Set(changes.deletions);
  for (const path of changes.deletions) {
    const entry = await parent.entryAt(path);
    // "Note that the path is required to exist": a directory is not a file that exists.
    if (entry && entry.type !== "tree") continue;
    throw refuse(`A path was requested for deletion which does not exist as of commit oid \`${parent.oid}\``);
  }
  const added = new Set(changes.additions.map((each) => each.path));
  for (const path of added) {
    const over = await parent.entryAt(path);
    const below = over?.type === "tree" ? await parent.filesBelow(path) : [];
    if (below.some((each) => !gone.has(each))) throw inTheWay(path);
    for (const above of parentsOf(path)) {
      const entry = gone.has(above) ? undefined : await parent.entryAt(above);
      if (added.has(above) || (entry && entry.type !== "tree")) throw inTheWay(path);
    }
  }
}

function inTheWay(path: string): GraphqlProblem {
  return refuse(`A file exists where you're trying to create a subdirectory: ${path}`);
}

/** `a/b/c` lies in `a` and `a/b`. */
function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function isBase64(text: string): boolean {
  const plain = text.replaceAll(/[\r\n]/g, "");
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
}

/**
 * A path git would refuse, or that would leave the repository or reach into `.git` on any system.
 * git-scm.com "git-fsck": hasDot, hasDotdot, hasDotgit, hasEmptyname, nullSha1, and what HFS+ and NTFS take for `.git`.
 */
export function isSafePath(path: string): boolean {
  if (path === "" || path.includes("\0")) return false;
  return path.split("/").every((part) => !["", ".", ".."].includes(part) && !isDotGit(part));
}

/** Code points HFS+ leaves out when it compares names. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isDotGit(part: string): boolean {
  // NTFS drops trailing dots and spaces, takes `:` for a stream, `\` for a separator, and knows short names.
  const [name = ""] = part.replaceAll(IGNORED_BY_HFS, "").toLowerCase().split(/[:\\]/);
  return /^(?:\.git|git~\d+)[. ]*$/.test(name);
}
