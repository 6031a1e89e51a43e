import {
  AicdError,
  type ChangeSet,
  type CriticVerdict,
  type Evidence,
  type Plan,
  type Settings,
} from "@aicd/core";
import { type InstallationClients, type PullRequest, publishChange, renderPullRequest } from "@aicd/github";
import type { RepositoryAddress } from "./repository-address.ts";

/** All a draft pull request tells about a change that was made on this machine. */
export type Work = {
  issue: { number: number; title: string };
  plan: { body: Plan; hash: string } | undefined;
  changeSet: ChangeSet;
  evidence: Evidence;
  critic: CriticVerdict;
  settings: Settings;
  spentMicroUsd: number;
};

/** Opens it, or says in one sentence why not: the branch and the patch are there in any case. */
export async function openDraft(
  clients: InstallationClients,
  repository: RepositoryAddress,
  work: Work,
): Promise<{ kind: "opened"; pull: PullRequest } | { kind: "refused"; why: string }> {
  const { changeSet, settings, issue, plan, evidence, critic, spentMicroUsd } = work;
  const body = renderPullRequest({
    issueNumber: issue.number,
    requestedBy: undefined,
    plan,
    rounds: [{ changeSet, evidence, policy: [], askedBy: [], threads: [] }],
    critic,
    spentMicroUsd,
    runUrl: undefined,
  });
  try {
    const { data } = await clients.read.rest.repos.get({ owner: repository.owner, repo: repository.name });
    const base = data.default_branch;
    return {
      kind: "opened",
      pull: await publishChange(clients, repository, { changeSet, settings, issue, base, body }),
    };
  } catch (error) {
    if (error instanceof AicdError) return { kind: "refused", why: error.message };
    // GitHub's own no, such as a token that may only read, comes with its words.
    const words = error instanceof Error ? error.message : String(error);
    return {
      kind: "refused",
      why: `GitHub did not take it: ${words}. The token needs contents and pull requests: write.`,
    };
  }
}
