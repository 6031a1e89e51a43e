import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { branchName, type ChangeSet } from "@aicd/core";
import { makeScratch } from "../scratch.ts";
import type { LocalGit } from "./git.ts";

/**
 * Commits a ChangeSet on a new branch without touching the person's working tree, index or current
 * branch. Answers the branch's name; one that exists already gets a number at its end.
 */
export async function commitOnBranch(
  git: LocalGit,
  input: { changeSet: ChangeSet; issueNumber: number; issueTitle: string },
): Promise<{ branch: string; commit: string }> {
  const { changeSet } = input;
  const directory = await makeScratch("commit");
  try {
    const env = { GIT_INDEX_FILE: join(directory, "index") };
    await git(["read-tree", changeSet.baseSha], { env });
    for (const [index, file] of changeSet.files.entries()) {
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
    const message = `${changeSet.title}\n\n${changeSet.summary}`;
    const commit = await git(["commit-tree", tree, "-p", changeSet.baseSha, "-m", message], { env });
    const branch = await freeBranch(git, branchName(input.issueNumber, input.issueTitle));
    await git(["update-ref", `refs/heads/${branch}`, commit, ""]);
    return { branch, commit };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function freeBranch(git: LocalGit, wanted: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if ((await git(["branch", "--list", name])) === "") return name;
  }
}
