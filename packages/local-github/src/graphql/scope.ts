import type { Commit, TreeEntry } from "../git/read.ts";
import { enter, type Need } from "../http/door.ts";
import { GitHubError } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import type { Account } from "../world/account.ts";
import type { Identity } from "../world/identity.ts";
import type {
  Issue,
  IssueComment,
  Pull,
  Repository,
  Review,
  ReviewComment,
  ReviewThread,
} from "../world/types.ts";
import type { World } from "../world/world.ts";

/** An object as GraphQL sees it: values, or functions of the field's arguments. */
export type View = Record<string, unknown>;

/** How each kind of thing is shown. Views reach each other through this table, because they form a ring. */
interface Views {
  account: (account: Account) => View;
  repository: (repository: Repository) => View;
  ref: (repository: Repository, name: string, oid: string) => View;
  commit: (repository: Repository, commit: Commit) => View;
  treeEntry: (repository: Repository, entry: TreeEntry, path: string) => View;
  issue: (issue: Issue) => View;
  comment: (comment: IssueComment) => View;
  pull: (pull: Pull) => View;
  review: (review: Review) => View;
  reviewComment: (comment: ReviewComment) => View;
  thread: (thread: ReviewThread) => View;
}

/** What one query is answered with. */
export interface Scope {
  world: World;
  identity: Identity;
  view: Views;
}

/** An error with the `type` GitHub puts beside the message. */
export class GraphqlProblem extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export const READ_THREADS: Need = { app: ["issues:read", "pull_requests:read"], user: "read" };
export const READ_PULLS: Need = { app: ["pull_requests:read"], user: "read" };
export const READ_CODE: Need = { app: ["contents:read"], user: "read" };

/** Lets the caller in as REST does, with refusals in GraphQL's words. */
export function admit(scope: Scope, repository: Repository, need: Need): Actor {
  try {
    return enter(scope.identity, repository, need);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.status === 404)
      throw new GraphqlProblem("NOT_FOUND", "Could not resolve to a node with the given global id.");
    throw new GraphqlProblem("FORBIDDEN", error.message);
  }
}
