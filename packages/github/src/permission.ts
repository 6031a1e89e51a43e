import type { Author } from "@aicd/core";
import type { ReadClient } from "./clients.ts";
import { isStatus } from "./status.ts";

export type RepositoryName = { owner: string; name: string };

/** `id` where it is known: a login may have gone to somebody else since. */
export type Person = { login: string; id?: number | undefined };

/** Asked of GitHub every time: association fields and cached answers do not count. Throws when GitHub fails. */
export async function permissionOf(
  read: ReadClient,
  repository: RepositoryName,
  { login, id }: Person,
): Promise<Author["permission"]> {
  try {
    const { data } = await read.rest.repos.getCollaboratorPermissionLevel({
      owner: repository.owner,
      repo: repository.name,
      username: login,
    });
    if (id !== undefined && data.user?.id !== id) return "none";
    const { permission } = data;
    return permission === "admin" || permission === "write" || permission === "read" ? permission : "none";
  } catch (error) {
    // GitHub answers 404 for somebody who is no user at all.
    if (isStatus(error, 404)) return "none";
    throw error;
  }
}

/** Whether GitHub lets a person read a repository. Throws when GitHub fails. */
export async function mayRead(
  read: ReadClient,
  repository: RepositoryName,
  person: Required<Person>,
): Promise<boolean> {
  return (await permissionOf(read, repository, person)) !== "none";
}

export function mayWrite(permission: Author["permission"]): boolean {
  return permission === "admin" || permission === "write";
}
