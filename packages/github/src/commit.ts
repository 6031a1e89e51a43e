import { AicdError, type ChangeSet } from "@aicd/core";
import type { InstallationClients } from "./clients.ts";
import { headline, plainMessage } from "./escape.ts";
import { isStatus, type Place } from "./permission.ts";
import { fetchBranchHead } from "./repository.ts";

const TRAILER = "AICD-Change-Set";

export type CommitOutcome =
  | { kind: "committed"; sha: string }
  /** The branch holds commits we did not put there. */
  | { kind: "moved"; head: string };

/**
 * Makes the branch if it is missing and puts the ChangeSet on it as one commit that GitHub signs.
 * Looks before it writes: the trailer names the ChangeSet, so a commit made by an earlier try is found.
 */
export async function commitChangeSet(
  { read, write }: InstallationClients,
  place: Place,
  input: {
    branch: string;
    changeSet: ChangeSet;
    digest: string;
    coAuthor: { login: string; id: number } | undefined;
  },
): Promise<CommitOutcome> {
  const { branch, changeSet, digest } = input;
  let head = await fetchBranchHead(read, place, branch);
  if (head === undefined) {
    await createBranch(write, place, branch, changeSet.baseSha);
    head = await fetchBranchHead(read, place, branch);
  }
  if (head === undefined) {
    throw new AicdError("unavailable", `The branch ${branch} was made but does not show yet.`);
  }
  if (head !== changeSet.baseSha) {
    const message = await fetchCommitMessage(read, place, head);
    return message.includes(`${TRAILER}: ${digest}`)
      ? { kind: "committed", sha: head }
      : { kind: "moved", head };
  }
  const sha = await createCommit(write, place, { ...input, expectedHead: head });
  return { kind: "committed", sha };
}

async function createBranch(write: InstallationClients["write"], place: Place, branch: string, sha: string) {
  try {
    await write.rest.git.createRef({
      owner: place.owner,
      repo: place.name,
      ref: `refs/heads/${branch}`,
      sha,
    });
  } catch (error) {
    // 422: it exists by now, made by an earlier try of ours or by somebody else; the head tells which.
    if (!isStatus(error, 422)) throw error;
  }
}

async function fetchCommitMessage(
  read: InstallationClients["read"],
  place: Place,
  sha: string,
): Promise<string> {
  const { data } = await read.rest.git.getCommit({ owner: place.owner, repo: place.name, commit_sha: sha });
  return data.message;
}

const CREATE_COMMIT = `mutation commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

async function createCommit(
  write: InstallationClients["write"],
  place: Place,
  input: {
    branch: string;
    changeSet: ChangeSet;
    digest: string;
    coAuthor: { login: string; id: number } | undefined;
    expectedHead: string;
  },
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
  const answer = await write.graphql<{ createCommitOnBranch: { commit: { oid: string } } }>(CREATE_COMMIT, {
    input: {
      branch: { repositoryNameWithOwner: `${place.owner}/${place.name}`, branchName: input.branch },
      expectedHeadOid: input.expectedHead,
      fileChanges: { additions, deletions },
      message: {
        headline: headline(changeSet.title),
        body: `${plainMessage(changeSet.summary)}\n\n${trailers.join("\n")}`.trim(),
      },
    },
  });
  return answer.createCommitOnBranch.commit.oid;
}
