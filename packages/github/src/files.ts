import { AicdError } from "@aicd/core";
import type { ReadClient } from "./clients.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

/**
 * The bytes of files as a commit has them, in the order of `paths`.
 * @throws AicdError `missing` when GitHub does not have one, or the commit, any more
 */
export async function fetchFilesAt(
  read: ReadClient,
  place: RepositoryName,
  at: { sha: string; paths: readonly string[] },
): Promise<Buffer[]> {
  return Promise.all(at.paths.map((path) => fetchFile(read, place, { sha: at.sha, path })));
}

async function fetchFile(
  read: ReadClient,
  place: RepositoryName,
  { sha, path }: { sha: string; path: string },
): Promise<Buffer> {
  const repo = { owner: place.owner, repo: place.name };
  try {
    const { data } = await read.rest.repos.getContent({ ...repo, path, ref: sha });
    if (!Array.isArray(data) && data.type === "file") {
      if (data.encoding === "base64") return Buffer.from(data.content, "base64");
      // Over a megabyte the contents are not in this answer.
      const blob = await read.rest.git.getBlob({ ...repo, file_sha: data.sha });
      return Buffer.from(blob.data.content, "base64");
    }
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
  throw new AicdError("missing", `GitHub has no file ${path} at ${sha.slice(0, 9)}.`);
}
