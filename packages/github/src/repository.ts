import type { ReadClient } from "./clients.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

/** Commit a branch points to; undefined: there is no such branch. */
export async function fetchBranchHead(
  read: ReadClient,
  repository: RepositoryName,
  branch: string,
): Promise<string | undefined> {
  try {
    const { data } = await read.rest.git.getRef({
      owner: repository.owner,
      repo: repository.name,
      ref: `heads/${branch}`,
    });
    return data.object.sha;
  } catch (error) {
    // 409: nothing was ever pushed.
    if (isStatus(error, 404) || isStatus(error, 409)) return undefined;
    throw error;
  }
}

/** Whether a commit is the head of a branch or in its history. Throws when GitHub fails. */
export async function isOnBranch(
  read: ReadClient,
  repository: RepositoryName,
  { sha, branch }: { sha: string; branch: string },
): Promise<boolean> {
  try {
    const { data } = await read.rest.repos.compareCommitsWithBasehead({
      owner: repository.owner,
      repo: repository.name,
      basehead: `${sha}...${branch}`,
    });
    return data.status === "ahead" || data.status === "identical";
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    return false;
  }
}
