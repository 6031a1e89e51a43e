import { moved, type Need, repositoryRoute } from "../http/door.ts";
import { GitHubError, notFound, unprocessable } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { created, ok, type Route } from "../http/route.ts";
import { apiUrl, webUrl } from "../repositories/shape.ts";
import { isProtected } from "../rules/branch.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { commitShape, diffEntry } from "./commit-shape.ts";
import { changedFiles, compare } from "./compare.ts";
import { type Commit, commitAt, readCommit, resolveCommit } from "./read.ts";
import { listRefs } from "./refs.ts";
import { renameBranch } from "./rename.ts";
import { READ } from "./routes.ts";
import { git } from "./run.ts";

const RENAME: Need = { app: ["contents:write"], user: "write" };

export const commitRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/branches", READ, async (call) => {
    const { items, headers } = paginate(call, await listRefs(call.repository, "refs/heads/"));
    const api = apiUrl(call.world, call.repository);
    const branches = items.map(({ name, oid }) => ({
      name: name.slice("refs/heads/".length),
      commit: { sha: oid, url: `${api}/commits/${oid}` },
      protected: isProtected(call.repository, name.slice("refs/heads/".length)),
    }));
    return ok(branches, headers);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/branches/{branch}", READ, async (call) => {
    const { world, repository } = call;
    const { branch } = call.params;
    const commit = await resolveCommit(world, repository, `refs/heads/${branch}`);
    const renamed = repository.renamedBranches.get(branch);
    if (!commit && renamed) {
      throw moved("get", `${world.url}/repositories/${repository.id}/branches/${renamed}`);
    }
    if (!commit) throw new GitHubError(404, "Branch not found");
    return ok(branchShape(world, repository, branch, commit));
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/branches/{branch}/rename", RENAME, async (call) => {
    const { world, repository, params } = call;
    const to = call.body.new_name;
    await renameBranch(world, repository, { from: params.branch, to }, call.actor);
    const commit = await resolveCommit(world, repository, `refs/heads/${to}`);
    if (!commit) throw notFound();
    return created(branchShape(world, repository, to, commit), `renamed ${params.branch} to ${to}`);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/commits", READ, async (call) => {
    const { world, repository, query } = call;
    const start = await resolveCommit(world, repository, query.sha);
    if (!start) throw notFound();
    const args = ["rev-list", start.oid, ...(query.path ? ["--", query.path] : [])];
    const { items, headers } = paginate(
      call,
      (await git(args, { cwd: repository.directory })).split("\n").filter(Boolean),
    );
    return ok(await shapes(world, repository, items), headers);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/commits/{ref}", READ, async (call) => {
    const { world, repository } = call;
    const commit = await resolveCommit(world, repository, call.params.ref);
    if (!commit) throw unprocessable(`No commit found for SHA: ${call.params.ref}`);
    if (/\bsha\b/.test(call.accept)) {
      return {
        status: 200,
        body: Buffer.from(commit.oid),
        headers: { "content-type": "application/vnd.github.sha; charset=utf-8" },
      };
    }
    const files = await changedFiles(world, repository, commit.parents[0], commit.oid);
    const additions = files.reduce((sum, file) => sum + file.additions, 0);
    const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
    return ok({
      ...commitShape(world, repository, commit),
      stats: { additions, deletions, total: additions + deletions },
      files: files.map((file) => diffEntry(world, repository, commit.oid, file)),
    });
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/git/commits/{commit_sha}", READ, async (call) => {
    const { world, repository } = call;
    const commit = await readCommit(world, repository, call.params.commit_sha);
    if (!commit) throw notFound();
    const { commit: inner, sha, node_id, html_url, parents } = commitShape(world, repository, commit);
    const { author, committer, message, tree, url, verification } = inner;
    return ok({ sha, node_id, url, html_url, author, committer, message, tree, parents, verification });
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/compare/{basehead}", READ, async (call) => {
    const { world, repository } = call;
    const [from = "", to = ""] = call.params.basehead.split("...");
    const [base, head] = await Promise.all([
      resolveCommit(world, repository, branchPart(from)),
      resolveCommit(world, repository, branchPart(to)),
    ]);
    if (!base || !head) throw notFound();
    const result = await compare(world, repository, base.oid, head.oid);
    if (!result.mergeBase) throw new GitHubError(404, `No common ancestor between ${from} and ${to}.`);
    const mergeBase = await commitAt(world, repository, result.mergeBase);
    const web = webUrl(world, repository);
    const range = `${base.oid}...${head.oid}`;
    return ok({
      url: `${apiUrl(world, repository)}/compare/${range}`,
      html_url: `${web}/compare/${range}`,
      permalink_url: `${web}/compare/${range}`,
      diff_url: `${web}/compare/${range}.diff`,
      patch_url: `${web}/compare/${range}.patch`,
      base_commit: commitShape(world, repository, base),
      merge_base_commit: commitShape(world, repository, mergeBase),
      status: statusOf(result.ahead, result.behind),
      ahead_by: result.ahead,
      behind_by: result.behind,
      total_commits: result.ahead,
      commits: await shapes(world, repository, result.commits),
      files: result.files.map((file) => diffEntry(world, repository, head.oid, file)),
    });
  }),
];

/** GitHub's `branch-with-protection`. */
function branchShape(world: World, repository: Repository, branch: string, commit: Commit) {
  const self = `${apiUrl(world, repository)}/branches/${branch}`;
  return {
    name: branch,
    commit: commitShape(world, repository, commit),
    _links: { self, html: `${webUrl(world, repository)}/tree/${branch}` },
    protected: isProtected(repository, branch),
    protection: {
      enabled: isProtected(repository, branch),
      required_status_checks: { enforcement_level: "off", contexts: [], checks: [] },
    },
    protection_url: `${self}/protection`,
  };
}

/** A side may carry its owner, as in `octo:branch`. */
function branchPart(side: string): string {
  return side.slice(side.indexOf(":") + 1);
}

function statusOf(ahead: number, behind: number): "identical" | "ahead" | "behind" | "diverged" {
  if (ahead > 0) return behind > 0 ? "diverged" : "ahead";
  return behind > 0 ? "behind" : "identical";
}

async function shapes(world: World, repository: Repository, oids: readonly string[]) {
  const commits = await Promise.all(oids.map((oid) => readCommit(world, repository, oid)));
  return commits.flatMap((commit) => (commit ? commitShape(world, repository, commit) : []));
}
