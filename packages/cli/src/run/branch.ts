import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { branchName, type ChangeSet } from "@aicd/core";
import { makeScratch } from "../scratch.ts";
import type { LocalGit } from "./git.ts";

/** Who commits on a machine where git knows nobody. Paid work is not lost for want of a name. */
const NOBODY = {
  GIT_AUTHOR_NAME: "aicd",
  GIT_AUTHOR_EMAIL: "aicd@localhost",
  GIT_COMMITTER_NAME: "aicd",
  GIT_COMMITTER_EMAIL: "aicd@localhost",
};

/**
 * Commits a ChangeSet without touching the person's working tree, index, current branch or any other.
 * `anonymous`: git has no identity, so the commit is made in our name.
 */
export async function commitChange(
  git: LocalGit,
  changeSet: ChangeSet,
): Promise<{ commit: string; anonymous: boolean }> {
  const directory = await makeScratch("commit");
  try {
    const env = { GIT_INDEX_FILE: join(directory, "index") };
    await git(["read-tree", changeSet.baseSha], { env });
    // Deletions first: a file may make room for a folder of its name.
    const files = [...changeSet.files].sort((a, b) => (a.kind === b.kind ? 0 : a.kind === "delete" ? -1 : 1));
    for (const [index, file] of files.entries()) {
      if (file.kind === "delete") {
        await git(["update-index", "--force-remove", "--", file.path], { env });
        continue;
      }
      const blob = join(directory, String(index));
      await writeFile(blob, Buffer.from(file.contentBase64, "base64"));
      const sha = await git(["hash-object", "-w", "--no-filters", "--", blob], { env });
      await git(["update-index", "--add", "--cacheinfo", `${file.mode},${sha},${file.path}`], { env });
    }
    const tree = await git(["write-tree"], { env });
    const anonymous = !(await knowsWho(git));
    const args = [
      "commit-tree",
      tree,
      "-p",
      changeSet.baseSha,
      "-m",
      `${changeSet.title}\n\n${changeSet.summary}`,
    ];
    return { commit: await git(args, anonymous ? { env: NOBODY } : {}), anonymous };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A name for a branch that can be made: one that is taken gets a number at its end. */
export async function freeBranch(git: LocalGit, issue: { number: number; title: string }): Promise<string> {
  const named = branchName(issue.number, issue.title);
  // Git keeps a branch as a file: where one is called as our folder is, none can be made below it.
  const folder = named.slice(0, named.indexOf("/"));
  const isClosedOff = (await git(["branch", "--list", folder])) !== "";
  const wanted = isClosedOff ? named.replaceAll("/", "-") : named;
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if ((await git(["branch", "--list", name])) === "") return name;
  }
}

export async function makeBranch(git: LocalGit, branch: string, commit: string): Promise<void> {
  await git(["update-ref", `refs/heads/${branch}`, commit, ""]);
}

async function knowsWho(git: LocalGit): Promise<boolean> {
  try {
    await git(["var", "GIT_AUTHOR_IDENT"]);
    await git(["var", "GIT_COMMITTER_IDENT"]);
    return true;
  } catch {
    // It refuses to make up an identity.
    return false;
  }
}
