import type { Repository } from "../world/types.ts";
import { git } from "./run.ts";

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

/** `git check-ref-format` without the process: the rules of its manual page, for a full ref name. */
export function isRefName(name: string): boolean {
  if (!/^refs\/[^/]+\/./.test(name)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$/.test(name)) return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}
