import { accountNamed } from "../accounts/account.ts";
import { commitShape, diffEntry } from "../git/commit-shape.ts";
import { readCommit } from "../git/read.ts";
import { tryGit } from "../git/run.ts";
import { type Need, repositoryRoute } from "../http/door.ts";
import { GitHubError, notFound } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { created, ok, type Reply, type Route, updated } from "../http/route.ts";
import { editIssue } from "../issues/issue.ts";
import { ref } from "../issues/routes.ts";
import { checkText } from "../rules/text.ts";
import type { Account } from "../world/account.ts";
import type { Pull, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { mergePull } from "./merge.ts";
import { openPull, requestReview, withdrawReviewRequest } from "./open.ts";
import { prepareReopen } from "./reopen.ts";
import { changeBase } from "./retarget.ts";
import { pullShape, pullSimple } from "./shape.ts";
import { renewPull } from "./sync.ts";

export const PULL_READ: Need = { app: ["pull_requests:read"], user: "read" };
export const PULL_WRITE: Need = { app: ["pull_requests:write"], user: "write" };
/** Whoever reads a repository may ask to have something merged into it. */
const PULL_OPEN: Need = { ...PULL_WRITE, user: "read" };
const MERGE: Need = { app: ["contents:write"], user: "write" };

export const pullRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/pulls", PULL_READ, (call) => {
    const { state = "open", head, base, sort, direction } = call.query;
    const pulls = [...call.repository.issues.values()]
      .flatMap((issue) => issue.pull ?? [])
      .filter((pull) => state === "all" || pull.issue.state === state)
      .filter((pull) => !head || `${pull.headRepository?.owner.login}:${pull.head}` === head)
      .filter((pull) => !base || pull.base === base);
    const key = sort === "updated" ? "updatedAt" : "createdAt";
    pulls.sort((a, b) => b.issue[key].localeCompare(a.issue[key]) || b.issue.number - a.issue.number);
    if (direction === "asc") pulls.reverse();
    const { items, headers } = paginate(call, pulls);
    return ok(
      items.map((pull) => pullSimple(call.world, pull)),
      headers,
    );
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/pulls", PULL_OPEN, async (call) => {
    const { title = "", body, head, base, draft, head_repo: headRepository } = call.body;
    checkText("pullTitle", title);
    checkText("pullBody", body);
    const pull = await openPull(call.world, call.repository, call.actor, {
      title,
      body,
      head,
      headRepository,
      base,
      draft: draft ?? false,
    });
    return created(pullShape(call.world, pull), `opened pull request ${ref(pull.issue)} from ${pull.head}`);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/pulls/{pull_number}", PULL_READ, async (call) => {
    const pull = pullNumbered(call, call.params.pull_number);
    if (/\bdiff\b/.test(call.accept)) return diffOf(pull);
    await renewPull(call.world, pull);
    return ok(pullShape(call.world, pull));
  }),
  repositoryRoute("patch", "/repos/{owner}/{repo}/pulls/{pull_number}", PULL_WRITE, async (call) => {
    const pull = pullNumbered(call, call.params.pull_number);
    const { title, body, state, base } = call.body ?? {};
    checkText("pullTitle", title);
    checkText("pullBody", body);
    if (state === "open" && pull.issue.state === "closed") await prepareReopen(call.world, pull);
    if (base) await changeBase(call.world, pull, base, call.actor);
    await renewPull(call.world, pull);
    editIssue(call.world, pull.issue, call.actor, { title, body, state });
    return updated(pullShape(call.world, pull), `updated ${ref(pull.issue)}`);
  }),
  repositoryRoute("put", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", MERGE, async (call) => {
    const pull = pullNumbered(call, call.params.pull_number);
    const sha = await mergePull(call.world, pull, call.actor, {
      method: call.body?.merge_method ?? "merge",
      title: call.body?.commit_title,
      message: call.body?.commit_message,
      sha: call.body?.sha,
    });
    return updated(
      { sha, merged: true, message: "Pull Request successfully merged" },
      `merged ${ref(pull.issue)}`,
    );
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", PULL_READ, (call) => {
    if (!pullNumbered(call, call.params.pull_number).mergedAt) throw notFound();
    return { status: 204 };
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/pulls/{pull_number}/files", PULL_READ, async (call) => {
    const pull = pullNumbered(call, call.params.pull_number);
    await renewPull(call.world, pull);
    const { items, headers } = paginate(call, pull.comparison.files);
    return ok(
      items.map((file) => diffEntry(call.world, call.repository, pull.headSha, file)),
      headers,
    );
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/pulls/{pull_number}/commits", PULL_READ, async (call) => {
    const pull = pullNumbered(call, call.params.pull_number);
    await renewPull(call.world, pull);
    const { items, headers } = paginate(call, pull.comparison.commits);
    const commits = await Promise.all(items.map((oid) => readCommit(call.world, call.repository, oid)));
    return ok(
      commits.flatMap((commit) => (commit ? commitShape(call.world, call.repository, commit) : [])),
      headers,
    );
  }),
  repositoryRoute(
    "get",
    "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
    PULL_READ,
    (call) => {
      const pull = pullNumbered(call, call.params.pull_number);
      return ok({ users: pullShape(call.world, pull).requested_reviewers, teams: [] });
    },
  ),
  repositoryRoute(
    "post",
    "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
    PULL_WRITE,
    (call) => {
      const pull = pullNumbered(call, call.params.pull_number);
      const reviewers = reviewersNamed(call.world, call.repository, pull, call.body?.reviewers);
      requestReview(call.world, pull, reviewers, call.actor);
      return created(pullSimple(call.world, pull), `asked ${logins(reviewers)} to review ${ref(pull.issue)}`);
    },
  ),
  repositoryRoute(
    "delete",
    "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
    PULL_WRITE,
    (call) => {
      const pull = pullNumbered(call, call.params.pull_number);
      const reviewers = (call.body.reviewers ?? []).flatMap((login) => accountNamed(call.world, login) ?? []);
      withdrawReviewRequest(call.world, pull, reviewers, call.actor);
      return updated(
        pullSimple(call.world, pull),
        `no longer asks ${logins(reviewers)} to review ${ref(pull.issue)}`,
      );
    },
  ),
];

export function pullNumbered({ repository }: { repository: Repository }, number: number): Pull {
  const pull = repository.issues.get(number)?.pull;
  if (!pull) throw notFound();
  return pull;
}

/** What `git diff` says, for callers that ask for the diff media type. */
async function diffOf(pull: Pull): Promise<Reply> {
  const range = `${pull.baseSha}...${pull.headSha}`;
  const { stdout } = await tryGit(["diff", "--no-color", "--no-ext-diff", range], {
    cwd: pull.issue.repository.directory,
  });
  return {
    status: 200,
    body: stdout,
    headers: { "content-type": "application/vnd.github.diff; charset=utf-8" },
  };
}

/** Only people with access can be asked, and not the author. */
function reviewersNamed(
  world: World,
  repository: Repository,
  pull: Pull,
  names: string[] | undefined,
): Account[] {
  return (names ?? []).map((login) => {
    const account = accountNamed(world, login);
    if (account && account === pull.issue.user) {
      throw new GitHubError(422, "Review cannot be requested from pull request author.");
    }
    const known =
      account && (repository.collaborators.has(account.id) || repository.owner.members.has(account.id));
    if (!account || !known) {
      throw new GitHubError(
        422,
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the " +
          `${repository.owner.login}/${repository.name} repository.`,
      );
    }
    return account;
  });
}

function logins(accounts: readonly Account[]): string {
  return accounts.map((account) => account.login).join(", ");
}
