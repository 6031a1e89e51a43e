import { type ChangeSet, changeSetDigest, type RepositoryId, SCHEMA_PATH } from "@aicd/core";
import { findRepository, type Repository } from "@aicd/db";
import { commitChangeSet, fetchBranchHead, isStatus, openPullRequest, type ReadClient } from "@aicd/github";
import { proposeFrom } from "@aicd/runner/onboarding";
import type { Deps } from "../deps.ts";
import { grantedFor, scopeOf } from "../facts.ts";
import { onboardingTitle, renderOnboarding, WORKFLOW } from "../thread/readiness/onboarding.ts";

/** Its pull request, open or not, is how we know that we have asked; a closed one is a no for good. */
const BRANCH = "aicd/setup";
/** Files that say how the repository is built; each of them is a call. */
const MOST_FILES = 60;

/**
 * Job `onboard-repository`: one pull request with the workflow and the settings, made from the repository's own CI.
 * Once: where a pull request from that branch was ever opened, or the workflow is there, nothing is done.
 */
export async function onboardRepository(
  deps: Deps,
  payload: { tenantId: string; repositoryId: string },
): Promise<void> {
  const repository = await deps.db.withTenant(scopeOf(payload), (tx) =>
    findRepository(tx, payload.repositoryId as RepositoryId),
  );
  if (repository === undefined || !repository.enabled || !repository.active) return;
  if (repository.installationState !== "active") return;
  const mayWorkflows = await mayWriteWorkflows(deps, repository);
  const clients = grantedFor(deps, repository, mayWorkflows ? "onboard-with-workflow" : "onboard");
  const base = await baseOf(clients.read, repository);
  if (base === undefined || (await wasAsked(clients.read, repository))) return;

  const proposal = await proposeFrom(sourceOf(clients.read, repository, base.sha), {
    schemaUrl: `${deps.publicUrl}${SCHEMA_PATH}`,
  });
  const workflow = proposal.files.find(({ path }) => path === WORKFLOW);
  if (workflow === undefined) return;
  const files = proposal.files.filter(({ path }) => mayWorkflows || path !== WORKFLOW);
  // Both by hand: there is nothing a pull request could hold.
  if (files.length === 0) return;
  const changeSet = changeSetOf(base.sha, files);
  const committed = await commitChangeSet(clients, repository, {
    branch: BRANCH,
    changeSet,
    digest: changeSetDigest(changeSet),
    coAuthor: undefined,
  });
  // Somebody works on that branch already.
  if (committed.kind === "moved") return;
  await openPullRequest(clients, repository, {
    branch: BRANCH,
    base: base.branch,
    title: onboardingTitle,
    body: renderOnboarding({
      proposal,
      publicUrl: deps.publicUrl,
      ...(mayWorkflows ? {} : { addWorkflow: addressOf(deps, repository, workflow.content) }),
    }),
  });
}

/** Undefined: archived, switched off, or empty, so that there is nothing to begin from. */
async function baseOf(
  read: ReadClient,
  { owner, name }: Repository,
): Promise<{ branch: string; sha: string } | undefined> {
  const { data } = await read.rest.repos.get({ owner, repo: name });
  if (data.archived) return undefined;
  const sha = await fetchBranchHead(read, { owner, name }, data.default_branch);
  return sha === undefined ? undefined : { branch: data.default_branch, sha };
}

async function wasAsked(read: ReadClient, { owner, name }: Repository): Promise<boolean> {
  const { data } = await read.rest.pulls.list({
    owner,
    repo: name,
    state: "all",
    head: `${owner}:${BRANCH}`,
    per_page: 1,
  });
  return data.length > 0;
}

function sourceOf(read: ReadClient, { owner, name }: Repository, sha: string) {
  const repo = { owner, repo: name };
  return {
    async files() {
      const { data } = await read.rest.git.getTree({ ...repo, tree_sha: sha, recursive: "1" });
      return data.tree.flatMap(({ path, type, sha: blob, size }) =>
        type === "blob" ? [{ path, sha: blob, bytes: size ?? 0 }] : [],
      );
    },
    async blobs(shas: readonly string[]) {
      const found = new Map<string, Buffer>();
      for (const file_sha of shas.slice(0, MOST_FILES)) {
        const { data } = await read.rest.git.getBlob({ ...repo, file_sha });
        found.set(file_sha, Buffer.from(data.content, "base64"));
      }
      return found;
    },
  };
}

/** GitHub lets an App write below `.github/workflows` only with a permission of its own, which few are given. */
async function mayWriteWorkflows(deps: Deps, repository: Repository): Promise<boolean> {
  try {
    const { data } = await deps.github.app.rest.apps.getInstallation({
      installation_id: repository.installationGithubId,
    });
    return data.permissions.workflows === "write";
  } catch (error) {
    // Uninstalled since; the next call of ours ends the job.
    if (!isStatus(error, 404)) throw error;
    return false;
  }
}

function changeSetOf(baseSha: string, files: readonly { path: string; content: string }[]): ChangeSet {
  return {
    baseSha,
    files: files.map(({ path, content }) => ({
      kind: "write",
      path,
      mode: "100644",
      baseMode: null,
      contentBase64: Buffer.from(content).toString("base64"),
    })),
    title: onboardingTitle,
    summary: "",
  };
}

/** GitHub's page for a new file, filled in, on the branch of the pull request. */
function addressOf({ serverUrl }: Deps, { owner, name }: Repository, content: string): string {
  const query = new URLSearchParams({ filename: WORKFLOW, value: content });
  return `${serverUrl}/${owner}/${name}/new/${BRANCH}?${query}`;
}
