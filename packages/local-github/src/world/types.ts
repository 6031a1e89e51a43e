import type { Account, Role } from "./account.ts";
import type { App } from "./app.ts";
import type { BranchRule } from "./branch-rule.ts";
import type { Comparison } from "./comparison.ts";

type WorkflowState = "active" | "disabled_manually";

export interface Workflow {
  id: number;
  nodeId: string;
  path: string;
  name: string;
  createdAt: string;
  runs: number;
}

export interface Repository {
  id: number;
  nodeId: string;
  owner: Account;
  name: string;
  private: boolean;
  defaultBranch: string;
  description: string | null;
  createdAt: string;
  updatedAt: string;
  pushedAt: string;
  /** The bare repository on disk: the only place where git objects and refs live. */
  directory: string;
  collaborators: Map<number, { account: Account; role: Role }>;
  labels: Map<string, Label>;
  issues: Map<number, Issue>;
  nextNumber: number;
  checkRuns: CheckRun[];
  checkSuites: Map<string, CheckSuite>;
  statuses: CommitStatus[];
  /** Commits made through the API, which GitHub signs with its own key. */
  signedCommits: Set<string>;
  secrets: Map<string, string>;
  variables: Map<string, string>;
  workflows: Map<string, Workflow>;
  /** Old names of branches to the new ones. */
  renamedBranches: Map<string, string>;
  /** By path; a workflow that is not named here is active. */
  workflowStates: Map<string, WorkflowState>;
  rules: BranchRule[];
  /** GitHub refuses every write to it. */
  archived: boolean;
  /** False on the plans that have no draft pull requests. */
  drafts: boolean;
  actionsEnabled: boolean;
  /** What it was forked from. */
  parent: Repository | undefined;
  /** Numbers of issues that are no longer here, and where each went; undefined for one that was deleted. */
  departed: Map<number, Issue | undefined>;
}

export interface Label {
  id: number;
  nodeId: string;
  name: string;
  color: string;
  description: string | null;
  default: boolean;
}

export const REACTIONS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;
export type ReactionContent = (typeof REACTIONS)[number];

export interface Reaction {
  id: number;
  nodeId: string;
  content: ReactionContent;
  user: Account;
  createdAt: string;
}

/** What issues, comments, reviews and review comments have in common. */
export interface Authored {
  id: number;
  nodeId: string;
  repository: Repository;
  user: Account;
  body: string;
  viaApp: App | undefined;
  createdAt: string;
  updatedAt: string;
  lastEditedAt: string | undefined;
  editor: Account | undefined;
  reactions: Reaction[];
}

export interface Minimizable {
  minimizedReason: string | undefined;
}

export type LockReason = "off-topic" | "too heated" | "resolved" | "spam";

export interface Issue extends Authored {
  kind: "Issue";
  number: number;
  title: string;
  /** GitHub keeps the difference between no body (null) and an empty one. */
  hasBody: boolean;
  state: "open" | "closed";
  stateReason: "completed" | "not_planned" | "duplicate" | "reopened" | null;
  closedAt: string | null;
  closedBy: Account | undefined;
  labels: Label[];
  assignees: Account[];
  locked: boolean;
  lockReason: LockReason | null;
  comments: IssueComment[];
  pull: Pull | undefined;
}

export interface IssueComment extends Authored, Minimizable {
  kind: "IssueComment";
  issue: Issue;
}

export interface Pull {
  id: number;
  nodeId: string;
  issue: Issue;
  base: string;
  /** Where the head branch lives: the repository itself, a fork, or nowhere once the fork is gone. */
  headRepository: Repository | undefined;
  baseSha: string;
  head: string;
  headSha: string;
  draft: boolean;
  mergedAt: string | null;
  mergedBy: Account | undefined;
  mergeCommitSha: string | null;
  requestedReviewers: Account[];
  /** What the head brings over the base, kept so that shapes need no git. */
  comparison: Comparison;
  /** Tree a merge would have; undefined when the sides conflict. */
  mergeTree: string | undefined;
  /** True once a side has moved and the two above no longer say how things are. */
  stale: boolean;
  reviews: Review[];
  threads: ReviewThread[];
}

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "PENDING" | "DISMISSED";

export interface Review extends Authored, Minimizable {
  kind: "PullRequestReview";
  pull: Pull;
  state: ReviewState;
  commitId: string;
  submittedAt: string | undefined;
  comments: ReviewComment[];
}

export type Side = "LEFT" | "RIGHT";

export interface ReviewThread {
  nodeId: string;
  pull: Pull;
  path: string;
  line: number | null;
  originalLine: number | null;
  startLine: number | null;
  side: Side;
  subjectType: "line" | "file";
  resolvedBy: Account | undefined;
  comments: ReviewComment[];
}

export interface ReviewComment extends Authored, Minimizable {
  kind: "PullRequestReviewComment";
  review: Review;
  thread: ReviewThread;
  commitId: string;
  originalCommitId: string;
  diffHunk: string;
  /** Where in the file's patch it was made; 1 for a comment on the whole file. */
  originalPosition: number;
  inReplyTo: ReviewComment | undefined;
}

export interface CheckSuite {
  id: number;
  nodeId: string;
  app: App;
  headSha: string;
  headCommit: Record<string, unknown>;
  createdAt: string;
}

type CheckStatus = "queued" | "in_progress" | "completed" | "waiting" | "requested" | "pending";
type CheckConclusion =
  | "success"
  | "failure"
  | "neutral"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "action_required";

export interface CheckRun {
  id: number;
  nodeId: string;
  repository: Repository;
  suite: CheckSuite;
  app: App;
  name: string;
  headSha: string;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  externalId: string;
  detailsUrl: string;
  startedAt: string | null;
  completedAt: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: unknown[];
  actions: { label: string; description: string; identifier: string }[];
}

export interface CommitStatus {
  id: number;
  nodeId: string;
  sha: string;
  state: "error" | "failure" | "pending" | "success";
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: Account;
  createdAt: string;
}
