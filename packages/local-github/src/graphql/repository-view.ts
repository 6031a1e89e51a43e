import { branchOid, entryAt, resolveCommit } from "../git/read.ts";
import { listRefs } from "../git/refs.ts";
import { findRef } from "../git/routes.ts";
import { roleOf } from "../http/door.ts";
import { renewPull } from "../pulls/sync.ts";
import { fullName, webUrl } from "../repositories/shape.ts";
import type { Issue, Pull, Repository } from "../world/types.ts";
import { connection, type PageArgs } from "./connection.ts";
import { objectView } from "./git-view.ts";
import { labelView } from "./issue-view.ts";
import {
  admit,
  GraphqlProblem,
  READ_CODE,
  READ_PULLS,
  READ_THREADS,
  type Scope,
  type View,
} from "./scope.ts";

interface ListArgs extends PageArgs {
  states?: string[] | null;
  labels?: string[] | null;
  headRefName?: string | null;
  baseRefName?: string | null;
  orderBy?: { field: string; direction: string } | null;
}

export function repositoryView(scope: Scope, repository: Repository): View {
  const { world, identity } = scope;
  const url = webUrl(world, repository);
  return {
    __typename: "Repository",
    id: repository.nodeId,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(repository),
    owner: scope.view.account(repository.owner),
    description: repository.description,
    url,
    resourcePath: new URL(url).pathname,
    isPrivate: repository.private,
    isFork: repository.parent !== undefined,
    isArchived: repository.archived,
    isEmpty: async () => (await listRefs(repository, "refs/heads/")).length === 0,
    visibility: repository.private ? "PRIVATE" : "PUBLIC",
    createdAt: repository.createdAt,
    updatedAt: repository.updatedAt,
    pushedAt: repository.pushedAt,
    viewerPermission:
      identity.kind === "user" ? (roleOf(repository, identity.account)?.toUpperCase() ?? null) : null,
    defaultBranchRef: async () => {
      const oid = await branchOid(world, repository, repository.defaultBranch);
      return oid ? scope.view.ref(repository, `refs/heads/${repository.defaultBranch}`, oid) : null;
    },
    ref: async ({ qualifiedName }: { qualifiedName: string }) => {
      admit(scope, repository, READ_CODE);
      const name = qualifiedName.startsWith("refs/") ? qualifiedName : `refs/heads/${qualifiedName}`;
      const found = await findRef(world, repository, name);
      return found ? scope.view.ref(repository, name, found.oid) : null;
    },
    refs: async (args: PageArgs & { refPrefix: string }) => {
      admit(scope, repository, READ_CODE);
      const refs = await listRefs(repository, args.refPrefix);
      return connection("refs", refs, args, (each) => scope.view.ref(repository, each.name, each.oid));
    },
    object: (args: { expression?: string | null; oid?: string | null }) => objectAt(scope, repository, args),
    issue: ({ number }: { number: number }) => {
      admit(scope, repository, READ_THREADS);
      const issue = repository.issues.get(number);
      if (!issue || issue.pull) throw missing("an Issue", number);
      return scope.view.issue(issue);
    },
    pullRequest: async ({ number }: { number: number }) => {
      admit(scope, repository, READ_PULLS);
      const pull = repository.issues.get(number)?.pull;
      if (!pull) throw missing("a PullRequest", number);
      await renewPull(world, pull);
      return scope.view.pull(pull);
    },
    issueOrPullRequest: ({ number }: { number: number }) => {
      admit(scope, repository, READ_THREADS);
      const issue = repository.issues.get(number);
      if (!issue) throw missing("an issue or pull request", number);
      return issue.pull ? scope.view.pull(issue.pull) : scope.view.issue(issue);
    },
    issues: (args: ListArgs) => {
      admit(scope, repository, READ_THREADS);
      const list = [...repository.issues.values()].filter(
        (issue) => !issue.pull && selects(args, issue, undefined),
      );
      return connection("issues", ordered(args, list), args, scope.view.issue);
    },
    pullRequests: (args: ListArgs) => {
      admit(scope, repository, READ_PULLS);
      const list = [...repository.issues.values()].filter(
        (issue) => issue.pull && selects(args, issue, issue.pull),
      );
      const pulls = ordered(args, list).flatMap((issue) => issue.pull ?? []);
      return connection("pullRequests", pulls, args, scope.view.pull);
    },
    label: ({ name }: { name: string }) => {
      const label = repository.labels.get(name.toLowerCase());
      return label ? labelView(scope, repository, label) : null;
    },
    labels: (args: PageArgs) =>
      connection("labels", [...repository.labels.values()], args, (label) =>
        labelView(scope, repository, label),
      ),
  };
}

/** `main`, `main:path/to/file`, `HEAD:`, or an oid. */
async function objectAt(
  scope: Scope,
  repository: Repository,
  args: { expression?: string | null; oid?: string | null },
): Promise<View | null> {
  admit(scope, repository, READ_CODE);
  if (args.oid) return objectView(scope, repository, args.oid);
  const [rev = "", ...path] = (args.expression ?? "").split(":");
  const commit = await resolveCommit(scope.world, repository, rev || undefined);
  if (!commit) return null;
  if (path.length === 0) return scope.view.commit(repository, commit);
  const entry = await entryAt(scope.world, repository, commit.tree, path.join(":"));
  return entry ? objectView(scope, repository, entry.oid) : null;
}

function selects(args: ListArgs, issue: Issue, pull: Pull | undefined): boolean {
  const state = pull?.mergedAt ? "MERGED" : issue.state.toUpperCase();
  if (args.states && !args.states.includes(state)) return false;
  if (args.headRefName && pull?.head !== args.headRefName) return false;
  if (args.baseRefName && pull?.base !== args.baseRefName) return false;
  return !args.labels || args.labels.some((name) => issue.labels.some((label) => label.name === name));
}

function ordered(args: ListArgs, list: Issue[]): Issue[] {
  const { field = "CREATED_AT", direction = "ASC" } = args.orderBy ?? {};
  const key = field === "UPDATED_AT" ? "updatedAt" : "createdAt";
  const sorted = [...list].sort((a, b) => a[key].localeCompare(b[key]) || a.number - b.number);
  return direction === "DESC" ? sorted.reverse() : sorted;
}

function missing(kind: string, number: number): GraphqlProblem {
  return new GraphqlProblem("NOT_FOUND", `Could not resolve to ${kind} with the number of ${number}.`);
}
