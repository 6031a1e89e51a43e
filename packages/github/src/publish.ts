import {
  AicdError,
  branchName,
  type ChangeSet,
  changeSetDigest,
  judge,
  type PolicyVerdict,
  type Settings,
  withBase,
} from "@aicd/core";
import { fetchBase } from "./base.ts";
import { openBranchName } from "./branch.ts";
import type { InstallationClients } from "./clients.ts";
import { commitChangeSet } from "./commit.ts";
import type { RepositoryName } from "./permission.ts";
import { openPullRequest, type PullRequest } from "./pulls.ts";
import { fetchBranchHead, isOnBranch } from "./repository.ts";
import { headline } from "./written/index.ts";

/**
 * A ChangeSet on its own branch with a draft pull request, for work without a control plane. Judged by the
 * policy before anything is written, with what GitHub says of the base; done twice, it is there once.
 *
 * @throws AicdError forbidden when the policy does not bear it, conflict when the branch has others' commits
 */
export async function publishChange(
  clients: InstallationClients,
  repository: RepositoryName,
  input: {
    changeSet: ChangeSet;
    settings: Settings;
    issue: { number: number; title: string };
    base: string;
    body: string;
  },
): Promise<PullRequest & { branch: string }> {
  const { changeSet, settings, issue } = input;
  // Its rules are a file of their own, which nobody loads who publishes nothing.
  const { findSecrets } = await import("@aicd/core/secrets");
  demandAllowed(judge(changeSet, settings, findSecrets));
  await checkBase(clients, repository, changeSet.baseSha);
  const base = await fetchBase(clients.read, repository, { changeSet, findSecrets });
  demandAllowed(judge(withBase(changeSet, base, findSecrets), settings, findSecrets));
  const digest = changeSetDigest(changeSet);
  // The name carries the change, so a second try finds its own branch and never somebody else's.
  const wanted = `${branchName(issue.number, issue.title)}-${digest.slice(0, 6)}`;
  const { name: branch } = await openBranchName(clients.read, repository, wanted);
  const committed = await commitChangeSet(clients, repository, {
    branch,
    changeSet,
    digest,
    coAuthor: undefined,
  });
  if (committed.kind === "moved") {
    throw new AicdError("conflict", `Somebody pushed to ${branch}; their commits are kept.`);
  }
  const pull = await openPullRequest(clients, repository, {
    branch,
    base: input.base,
    title: headline(changeSet.title),
    body: input.body,
  });
  return { ...pull, branch };
}

function demandAllowed({ kind, findings }: PolicyVerdict): void {
  if (kind === "allowed") return;
  const list = findings.map(({ path, message }) => `- ${path ?? "the change"}: ${message}`);
  throw new AicdError(
    "forbidden",
    `The policy does not let this change be published by itself:\n${list.join("\n")}`.slice(0, 4_000),
  );
}

/** A commit GitHub has, and on no pull request of a stranger: the branch would carry all that it is made of. */
async function checkBase(
  { read }: InstallationClients,
  repository: RepositoryName,
  sha: string,
): Promise<void> {
  const { data: about } = await read.rest.repos.get({ owner: repository.owner, repo: repository.name });
  const head = await fetchBranchHead(read, repository, about.default_branch);
  if (head === sha) return;
  if (await isOnBranch(read, repository, { sha, branch: about.default_branch })) return;
  throw new AicdError(
    "invalid",
    `The commit ${sha.slice(0, 9)} the change starts from is not on ${about.default_branch} of ${repository.owner}/${repository.name}. Push it first, or start from there.`,
  );
}
