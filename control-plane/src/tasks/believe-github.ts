import { type ChangeSet, withBase } from "@aicd/core";
import { findSecrets } from "@aicd/core/secrets";
import type { Repository } from "@aicd/db";
import { fetchBase } from "@aicd/github";
import type { Deps } from "../deps.ts";

/**
 * A ChangeSet as GitHub knows its base. A runner that read a stranger's text may say anything of modes, twins and
 * what was there before; after this nothing of that is left.
 */
export async function believeGitHub(
  deps: Deps,
  repository: Repository,
  changeSet: ChangeSet,
): Promise<ChangeSet> {
  const { read } = deps.github.installation(repository.installationGithubId);
  const base = await fetchBase(read, repository, { changeSet, findSecrets });
  return withBase(changeSet, base, findSecrets);
}
