import type { Author } from "@aicd/core";
import type { ReadClient } from "./clients.ts";
import { isStatus } from "./status.ts";

export type RepositoryName = { owner: string; name: string };

/** Asked of GitHub every time: association fields and cached answers do not count. Throws when GitHub fails. */
export async function permissionOf(
  read: ReadClient,
  repository: RepositoryName,
  login: string,
): Promise<Author["permission"]> {
  try {
    const { data } = await read.rest.repos.getCollaboratorPermissionLevel({
      owner: repository.owner,
      repo: repository.name,
      username: login,
    });
    if (data.permission === "admin" || data.permission === "write" || data.permission === "read") {
      return data.permission;
    }
    return "none";
  } catch (error) {
    // GitHub answers 404 for somebody who is no user at all.
    if (isStatus(error, 404)) return "none";
    throw error;
  }
}

/**
 * Whether GitHub lets a person read a repository. The id counts too: a login may have gone to somebody else.
 * Throws when GitHub fails.
 */
export async function mayRead(
  read: ReadClient,
  repository: RepositoryName,
  person: { id: number; login: string },
): Promise<boolean> {
  try {
    const { data } = await read.rest.repos.getCollaboratorPermissionLevel({
      owner: repository.owner,
      repo: repository.name,
      username: person.login,
    });
    return data.permission !== "none" && data.user?.id === person.id;
  } catch (error) {
    if (isStatus(error, 404)) return false;
    throw error;
  }
}

export function mayWrite(permission: Author["permission"]): boolean {
  return permission === "admin" || permission === "write";
}
