import type { ReadClient } from "./clients.ts";
import { isStatus, type Place } from "./permission.ts";

/** Commit a branch points to; undefined: there is no such branch. */
export async function fetchBranchHead(
  read: ReadClient,
  place: Place,
  branch: string,
): Promise<string | undefined> {
  try {
    const { data } = await read.rest.git.getRef({
      owner: place.owner,
      repo: place.name,
      ref: `heads/${branch}`,
    });
    return data.object.sha;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
