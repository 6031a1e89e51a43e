import { AicdError, DEFAULT_SETTINGS, readSettings, SETTINGS_PATHS, type Settings } from "@aicd/core";
import { parse } from "yaml";
import type { LocalGit } from "./git.ts";

/** The repository's settings at a commit; the defaults when it has none. Says all that is wrong with them. */
export async function settingsAt(git: LocalGit, sha: string): Promise<Settings> {
  const listed = await git(["ls-tree", "--name-only", sha, "--", ...SETTINGS_PATHS]);
  const [path, other] = listed.split("\n").filter((line) => line !== "");
  if (path === undefined) return DEFAULT_SETTINGS;
  // Which of two was meant is not guessed: one of them may be the stricter.
  if (other !== undefined) throw new AicdError("invalid", `${path} and ${other} are both there; delete one.`);
  const read = readSettings(parse(await git(["cat-file", "blob", `${sha}:${path}`])));
  if (read.kind === "settings") return read.settings;
  throw new AicdError("invalid", `${path} is not valid:\n- ${read.problems.join("\n- ")}`);
}
