import { AicdError, type ChangeSet } from "@aicd/core";
import type { InstallationClients } from "./clients.ts";
import { askGraphql } from "./graphql.ts";
import type { RepositoryName } from "./permission.ts";
import { fetchBranchHead } from "./repository.ts";
import { isStatus } from "./status.ts";
import { headline, plainMessage } from "./written/index.ts";

const TRAILER = "AICD-Change-Set";

export type CommitOutcome =
  | { kind: "committed"; sha: string }
  /** The branch holds commits we did not put there. */
  | { kind: "moved"; head: string };

type Input = {
  branch: string;
  changeSet: ChangeSet;
  digest: string;
  coAuthor: { login: string; id: number } | undefined;
};

/**
 * Makes the branch if it is missing and puts the ChangeSet on it as one commit that GitHub signs.
 * Looks before it writes: the trailer names the ChangeSet, so a commit made by an earlier try is found.
 * @throws AicdError invalid when GitHub will never make such a branch, unavailable when the next try may know more
 */
export async function commitChangeSet(
  clients: InstallationClients,
  repository: RepositoryName,
  input: Input,
): Promise<CommitOutcome> {
  const { branch, changeSet } = input;
  await clients.turn();
  const head =
    (await fetchBranchHead(clients.read, repository, branch)) ??
    (await startBranch(clients, repository, { branch, sha: changeSet.baseSha }));
  if (head !== changeSet.baseSha) return readHead(clients.read, repository, { head, digest: input.digest });
  try {
    const sha = await createCommit(clients.write, repository, { ...input, expectedHead: head });
    return { kind: "committed", sha };
  } catch (error) {
    // 409: since the look somebody has pushed, or an earlier try of ours got through after all.
    if (!isStatus(error, 409)) throw error;
    const moved = await fetchBranchHead(clients.read, repository, branch);
    if (moved !== undefined && moved !== head) {
      return readHead(clients.read, repository, { head: moved, digest: input.digest });
    }
    throw new AicdError(
      "unavailable",
      `GitHub does not agree with itself where ${branch} stands; try again.`,
      {
        cause: error,
      },
    );
  }
}

async function readHead(
  read: InstallationClients["read"],
  repository: RepositoryName,
  { head, digest }: { head: string; digest: string },
): Promise<CommitOutcome> {
  const { data } = await read.rest.git.getCommit({
    owner: repository.owner,
    repo: repository.name,
    commit_sha: head,
  });
  return data.message.includes(`${TRAILER}: ${digest}`)
    ? { kind: "committed", sha: head }
    : { kind: "moved", head };
}

/** @returns the head of the branch, whoever made it */
async function startBranch(
  { read, write }: InstallationClients,
  repository: RepositoryName,
  { branch, sha }: { branch: string; sha: string },
): Promise<string> {
  let refused: unknown;
  try {
    await write.rest.git.createRef({
      owner: repository.owner,
      repo: repository.name,
      ref: `refs/heads/${branch}`,
      sha,
    });
  } catch (error) {
    // 422: it exists by now, made by an earlier try of ours or by somebody else; the head tells which.
    if (!isStatus(error, 422)) throw error;
    refused = error;
  }
  const head = await fetchBranchHead(read, repository, branch);
  if (head !== undefined) return head;
  const said = refused instanceof Error ? wordsOf(refused).slice(0, 300) : "";
  if (refused === undefined || said.startsWith("Reference already exists")) {
    throw new AicdError("unavailable", `The branch ${branch} was made but does not show yet.`);
  }
  throw new AicdError("invalid", `GitHub does not make the branch ${branch} at ${sha.slice(0, 9)}: ${said}`, {
    cause: refused,
  });
}

/** GitHub's words, without the address of its documentation that the client puts behind them. */
function wordsOf({ message }: Error): string {
  return message
    .replaceAll(/\s+/g, " ")
    .replace(/ - https:\/\/docs\.github\.com\S*$/, "")
    .trim();
}

type Answer = { createCommitOnBranch: { commit: { oid: string } | null } | null };

const CREATE_COMMIT = `mutation commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

async function createCommit(
  write: InstallationClients["write"],
  repository: RepositoryName,
  input: Input & { expectedHead: string },
): Promise<string> {
  const { changeSet, coAuthor } = input;
  const additions: { path: string; contents: string }[] = [];
  const deletions: { path: string }[] = [];
  for (const file of changeSet.files) {
    if (file.kind === "write") additions.push({ path: file.path, contents: file.contentBase64 });
    else deletions.push({ path: file.path });
  }
  const trailers = [`${TRAILER}: ${input.digest}`];
  if (coAuthor !== undefined) {
    trailers.push(
      `Co-authored-by: ${coAuthor.login} <${coAuthor.id}+${coAuthor.login}@users.noreply.github.com>`,
    );
  }
  const answer = await askGraphql<Answer>(write, CREATE_COMMIT, {
    input: {
      branch: { repositoryNameWithOwner: `${repository.owner}/${repository.name}`, branchName: input.branch },
      expectedHeadOid: input.expectedHead,
      fileChanges: { additions, deletions },
      message: {
        headline: headline(changeSet.title),
        body: `${plainMessage(changeSet.summary)}\n\n${trailers.join("\n")}`.trim(),
      },
    },
  });
  const oid = answer.createCommitOnBranch?.commit?.oid;
  // The next try finds it by its trailer, if it is there.
  if (oid === undefined) throw new AicdError("unavailable", "GitHub did not say which commit it made.");
  return oid;
}
