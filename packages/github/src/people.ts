import type { Author } from "@aicd/core";
import type { ReadClient } from "./clients.ts";
import { permissionOf, type RepositoryName } from "./permission.ts";

/** More people than this on one thread are a crowd. */
const MOST = 30;

export type People = { author(login: string | undefined): Promise<Author> };

/** Asks once per person and snapshot; a crowd beyond the cap counts as people who may not write. */
export function createPeople(read: ReadClient, repository: RepositoryName, asked: Author): People {
  const known = new Map<string, Promise<Author>>([[asked.login, Promise.resolve(asked)]]);
  return {
    author(login) {
      if (login === undefined) return Promise.resolve({ login: "ghost", permission: "none" });
      const asked = known.get(login);
      if (asked !== undefined) return asked;
      const answer: Promise<Author> =
        known.size >= MOST
          ? Promise.resolve({ login, permission: "none" })
          : permissionOf(read, repository, { login }).then((permission) => ({ login, permission }));
      known.set(login, answer);
      return answer;
    },
  };
}
