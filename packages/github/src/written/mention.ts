import { codeSpan, line } from "./positions.ts";

/** GitHub's names of people, and those of managed accounts with their `_`. */
const LOGIN = /^[a-z\d](?:[a-z\d_-]{0,98}[a-z\d])?$/i;

/** The one place where we call somebody: what follows must be theirs to act on. */
export function mention(login: string): string {
  return LOGIN.test(login) ? `@${login}` : codeSpan(login);
}

/** A name that is read and calls nobody. */
export function named(login: string): string {
  return line(`@${login.slice(0, 100).toWellFormed()}`);
}
