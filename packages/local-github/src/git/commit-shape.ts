import { accountByEmail } from "../accounts/account.ts";
import { simpleUser } from "../accounts/shape.ts";
import { apiUrl, webUrl } from "../repositories/shape.ts";
import type { ChangedFile } from "../world/comparison.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import type { Commit } from "./read.ts";

/** GitHub's `commit` of lists and pages. */
export function commitShape(world: World, repository: Repository, commit: Commit) {
  const api = apiUrl(world, repository);
  const web = webUrl(world, repository);
  const account = (email: string) => {
    const found = accountByEmail(world, email);
    return found ? simpleUser(world, found) : null;
  };
  return {
    sha: commit.oid,
    node_id: `C_kwDO${Buffer.from(commit.oid).toString("base64url")}`,
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message.trimEnd(),
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.oid}`,
      comment_count: 0,
      verification: verification(repository, commit),
    },
    url: `${api}/commits/${commit.oid}`,
    html_url: `${web}/commit/${commit.oid}`,
    comments_url: `${api}/commits/${commit.oid}/comments`,
    author: account(commit.author.email),
    committer: account(commit.committer.email),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${web}/commit/${sha}`,
    })),
  };
}

/** GitHub signs what it commits itself; here the promise is remembered instead of a PGP key being kept. */
function verification(repository: Repository, commit: Commit) {
  if (!repository.signedCommits.has(commit.oid)) {
    return { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };
  }
  return {
    verified: true,
    reason: "valid",
    signature: "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
    payload: commit.raw,
    verified_at: commit.committer.date,
  };
}

/** GitHub's `diff-entry`. */
export function diffEntry(world: World, repository: Repository, commit: string, file: ChangedFile) {
  const path = encodeURI(file.filename);
  return {
    sha: file.oid,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${webUrl(world, repository)}/blob/${commit}/${path}`,
    raw_url: `${webUrl(world, repository)}/raw/${commit}/${path}`,
    contents_url: `${apiUrl(world, repository)}/contents/${path}?ref=${commit}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousFilename ? { previous_filename: file.previousFilename } : {}),
  };
}

/** A commit as runs and suites name the one they are about. */
export function simpleCommit({ oid, tree, message, author, committer }: Commit) {
  return {
    id: oid,
    tree_id: tree,
    message: message.trimEnd(),
    timestamp: committer.date,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}
