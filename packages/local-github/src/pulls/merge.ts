import { signatureOf } from "../accounts/account.ts";
import { writeCommit } from "../git/commit.ts";
import { withLock } from "../git/lock.ts";
import { refMoved } from "../git/moved.ts";
import { plumbingOf } from "../git/plumbing.ts";
import { branchOid } from "../git/read.ts";
import { GitHubError } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import { setIssueState } from "../issues/issue.ts";
import { checkMerge } from "../rules/branch.ts";
import type { Pull } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { closingIssues } from "./closing.ts";
import { renewPull } from "./sync.ts";

export interface MergeRequest {
  method: "merge" | "squash" | "rebase";
  title: string | undefined;
  message: string | undefined;
  /** The head the caller has seen; another one is refused. */
  sha: string | undefined;
}

/** Merges with a real commit and gives its oid, or throws GitHub's 405 or 409. */
export function mergePull(world: World, pull: Pull, actor: Actor, request: MergeRequest): Promise<string> {
  const { issue } = pull;
  const { repository } = issue;
  return withLock(world, repository, async () => {
    await renewPull(world, pull);
    const tree = pull.mergeTree;
    if (issue.state === "closed" || !tree) throw new GitHubError(405, "Pull Request is not mergeable");
    if (pull.draft) throw new GitHubError(405, "Pull Request is still a draft");
    if (request.method === "rebase")
      throw new GitHubError(405, "Rebase merges are not allowed on this repository.");
    if (request.sha && request.sha !== pull.headSha) throw modified("Head");
    checkMerge(pull, actor.account);
    const before = await branchOid(world, repository, pull.base);
    if (!before || before !== pull.baseSha) throw modified("Base");

    const after = await writeCommit(world, repository, {
      tree,
      parents: request.method === "squash" ? [before] : [before, pull.headSha],
      message: messageOf(pull, request),
      author: signatureOf(request.method === "squash" ? issue.user : actor.account),
    });
    repository.signedCommits.add(after);
    if (!(await plumbingOf(world, repository).moveRef(`refs/heads/${pull.base}`, after, before)))
      throw modified("Base");

    pull.mergedAt = world.now();
    pull.mergedBy = actor.account;
    pull.mergeCommitSha = after;
    setIssueState(world, issue, "closed", null, actor);
    await refMoved(world, repository, { ref: `refs/heads/${pull.base}`, before, after }, actor);
    for (const closing of closingIssues(world, pull)) {
      if (closing.state === "open") setIssueState(world, closing, "closed", "completed", actor);
    }
    return after;
  });
}

function messageOf(pull: Pull, request: MergeRequest): string {
  const { issue } = pull;
  const [title, body] =
    request.method === "squash"
      ? [`${issue.title} (#${issue.number})`, issue.body]
      : [
          `Merge pull request #${issue.number} from ${(pull.headRepository ?? issue.repository).owner.login}/${pull.head}`,
          issue.title,
        ];
  return `${request.title ?? title}\n\n${request.message ?? body}`.trimEnd();
}

function modified(side: "Head" | "Base"): GitHubError {
  return new GitHubError(409, `${side} branch was modified. Review and try the merge again.`);
}
