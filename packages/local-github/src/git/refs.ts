import type { Repository } from "../world/types.ts";
import { git, tryGit } from "./run.ts";

export const ZERO_OID = "0".repeat(40);

export interface Ref {
  name: string;
  oid: string;
  type: string;
}

/** Refs below a prefix (`refs/heads/`, or all), sorted by name. */
export async function listRefs(repository: Repository, prefix = "refs/"): Promise<Ref[]> {
  const out = await git(["for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", prefix], {
    cwd: repository.directory,
  });
  return out
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [oid = "", type = "", ...name] = line.split(" ");
      return { oid, type, name: name.join(" ") };
    });
}

/**
 * Moves a ref from `before` to `after` in one step; the zero oid stands for "is not there".
 * False when the ref was somewhere else by then.
 */
export async function moveRef(
  repository: Repository,
  name: string,
  after: string,
  before: string,
): Promise<boolean> {
  const args = after === ZERO_OID ? ["-d", name, before] : [name, after, before];
  return (await tryGit(["update-ref", ...args], { cwd: repository.directory })).code === 0;
}

export async function isAncestor(repository: Repository, ancestor: string, of: string): Promise<boolean> {
  const result = await tryGit(["merge-base", "--is-ancestor", ancestor, of], { cwd: repository.directory });
  return result.code === 0;
}

/** `git check-ref-format` without the process: the rules of its manual page, for a full ref name. */
export function isRefName(name: string): boolean {
  if (!/^refs\/[^/]+\/./.test(name)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$/.test(name)) return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}
