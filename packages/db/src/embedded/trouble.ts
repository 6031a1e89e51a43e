import { AicdError } from "@aicd/core";

const OWN = "or set DATABASE_URL to a Postgres of yours";

/** What a machine may lack for a Postgres of ours: what happened, and what to do, in one line each. */
const TROUBLES = {
  foreign: (name) =>
    `There is no Postgres for this machine: ${name} is not installed. Run "npm ci" with optional dependencies, ${OWN}.`,
  musl: () =>
    `The embedded Postgres needs glibc, and this system has musl (Alpine). Use a glibc system such as Debian, ${OWN}.`,
  unwritable: (path) =>
    `${path} cannot be written. Name another folder with AICD_DIRECTORY (tests: TMPDIR), make it writable, ${OWN}.`,
  nobody: () =>
    `Postgres refuses to run as root, and there is no user "postgres" or "nobody" and no useradd to make one. Run as an ordinary user, ${OWN}.`,
  confined: () =>
    `Postgres refuses to run as root, and this root may not become another user (SETUID and SETGID are missing). Run as an ordinary user, ${OWN}.`,
  hidden: (path) =>
    `Postgres refuses to run as root, and its own user can neither enter ${path} nor any folder it could be put in. Run as an ordinary user, ${OWN}.`,
  left: (path) =>
    `Postgres' own user cannot enter ${path}, where the data is. Move that folder to one others may enter and name it with AICD_DIRECTORY, ${OWN}.`,
  stranger: (path) =>
    `${path} belongs to another user. Run as that user, move the folder away to begin anew, ${OWN}.`,
  major: (versions) =>
    `${versions} Dump it with the old version, move the folder away to begin anew, ${OWN}.`,
} as const satisfies Record<string, (about: string) => string>;

export type Trouble = keyof typeof TROUBLES;

/** @param about the path, the package or, for `major`, the sentence it is about */
export function trouble(kind: Trouble, about = "", cause?: unknown): AicdError {
  return new AicdError("unavailable", TROUBLES[kind](about), { cause, retryable: false });
}
