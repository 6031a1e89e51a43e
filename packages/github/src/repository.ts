import { readSettings, type SettingsResult } from "@aicd/core";
import { parse } from "yaml";
import type { ReadClient } from "./clients.ts";
import { isStatus, type Place } from "./permission.ts";

export const SETTINGS_PATH = ".github/aicd.yml";

/** Branch name and commit a task starts from. */
export async function fetchBase(
  read: ReadClient,
  place: Place,
  wanted: string | undefined,
): Promise<{ defaultBranch: string; baseBranch: string; baseSha: string } | undefined> {
  const { data: repository } = await read.rest.repos.get({ owner: place.owner, repo: place.name });
  const baseBranch = wanted ?? repository.default_branch;
  const baseSha = await fetchBranchHead(read, place, baseBranch);
  if (baseSha === undefined) return undefined;
  return { defaultBranch: repository.default_branch, baseBranch, baseSha };
}

/** Commit a branch points to; undefined: there is no such branch. */
export async function fetchBranchHead(
  read: ReadClient,
  place: Place,
  branch: string,
): Promise<string | undefined> {
  try {
    const { data } = await read.rest.git.getRef({
      owner: place.owner,
      repo: place.name,
      ref: `heads/${branch}`,
    });
    return data.object.sha;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** `.github/aicd.yml` of the default branch; other branches have no say. */
export async function fetchSettings(read: ReadClient, place: Place): Promise<SettingsResult> {
  let text: string;
  try {
    const { data } = await read.rest.repos.getContent({
      owner: place.owner,
      repo: place.name,
      path: SETTINGS_PATH,
    });
    if (Array.isArray(data) || data.type !== "file") {
      return { kind: "invalid", problems: [`\`${SETTINGS_PATH}\` is not a file`] };
    }
    text = Buffer.from(data.content, "base64").toString("utf8");
  } catch (error) {
    if (isStatus(error, 404)) return readSettings(undefined);
    throw error;
  }
  try {
    return readSettings(parse(text, { maxAliasCount: 10 }));
  } catch (error) {
    // A syntax error is the author's to mend: told on the thread like any other problem.
    return {
      kind: "invalid",
      problems: [error instanceof Error ? (error.message.split("\n")[0] ?? "") : ""],
    };
  }
}
