import { AicdError, DEFAULT_SETTINGS, readSettings, type Settings } from "@aicd/core";
import { parse } from "yaml";
import type { LocalGit } from "./git.ts";

const SETTINGS_FILE = ".github/aicd.yml";

/** The repository's settings at a commit; the defaults when it has none. Says all that is wrong with them. */
export async function settingsAt(git: LocalGit, sha: string): Promise<Settings> {
  const listed = await git(["ls-tree", "--name-only", sha, "--", SETTINGS_FILE]);
  if (listed === "") return DEFAULT_SETTINGS;
  const read = readSettings(parse(await git(["cat-file", "blob", `${sha}:${SETTINGS_FILE}`])));
  if (read.kind === "settings") return read.settings;
  throw new AicdError("invalid", `${SETTINGS_FILE} is not valid:\n- ${read.problems.join("\n- ")}`);
}
