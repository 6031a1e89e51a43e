import type { ReadClient } from "./clients.ts";
import type { RepositoryName } from "./permission.ts";
import { fetchBranchHead } from "./repository.ts";

/** A name like the wanted one under which GitHub can make a branch, and the branch that made it another. */
export async function openBranchName(
  read: ReadClient,
  place: RepositoryName,
  wanted: string,
): Promise<{ name: string; closedBy: string | undefined }> {
  const parts = wanted.split("/");
  for (let count = 1; count < parts.length; count++) {
    const folder = parts.slice(0, count).join("/");
    // Git keeps a branch as a file: where one is called as our folder is, none can be made below it.
    if ((await fetchBranchHead(read, place, folder)) !== undefined) {
      return { name: wanted.replaceAll("/", "-"), closedBy: folder };
    }
  }
  return { name: wanted, closedBy: undefined };
}
