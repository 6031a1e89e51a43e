import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { plumbingOf } from "./plumbing.ts";
import type { Commit, Person } from "./read.ts";
import { editTree, type TreeEdit } from "./tree.ts";

export interface NewCommit {
  tree: string;
  parents: readonly string[];
  message: string;
  author: Pick<Person, "name" | "email">;
}

const COMMITTER = "GitHub <noreply@github.com>";

/** Stores a commit made by GitHub in someone's name; no ref moves. */
export function writeCommit(world: World, repository: Repository, commit: NewCommit): Promise<string> {
  const now = `${Math.floor(Date.now() / 1000)} +0000`;
  const text = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${clean(commit.author.name)} <${clean(commit.author.email)}> ${now}`,
    `committer ${COMMITTER} ${now}`,
    "",
    commit.message.replaceAll("\0", ""),
  ].join("\n");
  return plumbingOf(world, repository).write("commit", Buffer.from(text));
}

/** Stores a commit that changes files of its parent. */
export async function commitEdits(
  world: World,
  repository: Repository,
  parent: Commit,
  change: { edits: readonly TreeEdit[]; message: string; author: NewCommit["author"] },
): Promise<string> {
  const { edits, message, author } = change;
  const tree = await editTree(world, repository, parent.tree, edits);
  return writeCommit(world, repository, { tree, parents: [parent.oid], message, author });
}

/** A person's line ends at `<`, `>` or a line break, so none may come from outside. */
function clean(text: string): string {
  return text.replaceAll(/[<>\n\0]/g, "");
}
