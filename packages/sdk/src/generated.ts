// Generated from openapi.json by `npm run sdk`. Changes belong into the routes of the control plane.

export type ApiKey = {
  id: string;
  name: string;
  /** What a person recognises it by. */
  hint: string;
  role: "owner" | "admin" | "member" | "viewer" | "billing";
  /** What it may do at most; its role decides too. */
  scopes: string[];
  /** What it is limited to; null: all of the organisation, also those that come later. */
  repositories: string[] | null;
  createdBy: Person;
  createdAt: string;
  expiresAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
};

export type Attempt = {
  id: string;
  number: number;
  phase: "plan" | "code" | "revise";
  state: "pending" | "dispatched" | "leased" | "succeeded" | "failed" | "lost" | "cancelled";
  reason: FailureReason | null;
  detail: string | null;
  /** The workflow run on GitHub, once known. */
  runUrl: string | null;
  /** Millionths of a US dollar. */
  spentMicroUsd: number;
  /** Of its model calls; `input` is without the cached ones. */
  tokens: {
    input: number;
    output: number;
    cacheRead: number;
    cacheWrite: number;
  };
  /** What it answered to each thread of the reviews it worked on. */
  receipts: {
    /** Of the comment on a line that begins the thread. */
    commentId: number;
    kind: "changed" | "declined" | "question";
    text: string;
  }[];
  createdAt: string;
  endedAt: string | null;
};

export type AuditEntry = {
  id: string;
  at: string;
  actor: {
    kind: "user" | "api_key" | "github" | "runner" | "system";
  } & Record<string, unknown>;
  action: string;
  target: string;
  detail: Record<string, unknown>;
  /** The entry as a line of plain text, in today's names. Names in it come from outside: escape them. */
  text: string;
  /** It was wished for and not done. */
  refused: boolean;
};

export type Billing = {
  /** A name from `plans`. */
  plan: string;
  /** Who sold it; `none`: the free plan. */
  seller: "none" | "stripe" | "marketplace";
  /** `grace`: a payment failed, work goes on for now. `stopped`: nothing new begins. */
  state: "active" | "grace" | "stopped";
  seats: number;
  /** Whether usage beyond what is included is billed, instead of stopping work. */
  overage: boolean;
  /** Millionths of a US dollar. */
  includedMicroUsd: number;
  /** Billable in this period; can be a little below zero after a correction. */
  usedMicroUsd: number;
  periodStart: string;
  periodEnd: string;
  graceUntil: string | null;
  plans: {
    name: string;
    title: string;
    monthlyUsd: number;
    perSeat: boolean;
    includedUsd: number;
    overage: boolean;
  }[];
  invoices: {
    number: string | null;
    status: string;
    totalCents: number;
    createdAt: string;
    url: string | null;
  }[];
  /** Merged pull requests of the last 30 days, and what all tasks of those days cost. */
  merged: {
    pullRequests: number;
    /** Millionths of a US dollar. */
    microUsd: number;
  };
};

export type BillingPage = {
  /** A page of Stripe's, good for a short time and shown once. */
  url: string | null;
};

export type ChainedAuditEntry = {
  seq: number;
  id: string;
  at: string;
  actor: {
    kind: "user" | "api_key" | "github" | "runner" | "system";
  } & Record<string, unknown>;
  action: string;
  target: string;
  detail: Record<string, unknown>;
  /** sha256 over the hash before and this entry, in hex. */
  hash: string;
};

export type ChangeSet = {
  id: string;
  /** sha256; its first twelve characters approve a blocked change. */
  digest: string;
  baseSha: string;
  /** The commit it became; null until it was published. */
  commitSha: string | null;
  title: string;
  summary: string;
  files: {
    path: string;
    kind: "write" | "delete";
    /** git's mode of the new content; null for a deleted file. */
    mode: string | null;
    isNew: boolean;
    bytes: number | null;
    /** The whole new content; only when asked for. */
    contentBase64?: string;
  }[];
  createdAt: string;
};

export type ChangeSetSummary = {
  id: string;
  digest: string;
  /** Who proposed it; one attempt may propose several, after each rejection one. */
  attempt: {
    id: string;
    number: number;
  };
  baseSha: string;
  /** The commit it became; null until it was published. */
  commitSha: string | null;
  /** A person had it published although it was not finished. */
  partial: boolean;
  title: string;
  files: number;
  createdAt: string;
};

export type Diff = {
  /** null: it was never proposed, and is what there was when its runner was last heard of. */
  changeSetId: string | null;
  digest: string;
  baseSha: string;
  files: {
    path: string;
    /** Where it was, of a file that was renamed. */
    from: string | null;
    status: "added" | "deleted" | "modified" | "renamed";
    /** git's mode; null unless the mode changed or the file went. */
    oldMode: string | null;
    /** git's mode; null unless the mode changed or the file is new. */
    newMode: string | null;
    binary: boolean;
    additions: number;
    deletions: number;
    /** null: too much for one answer; ask for its `path`. */
    hunks:
      | {
          oldStart: number;
          oldLines: number;
          newStart: number;
          newLines: number;
          /** Each begins with ` `, `-`, `+`, or with `\` where a last line has no end. */
          lines: string[];
        }[]
      | null;
  }[];
};

export type Event = {
  id: string;
  /** `noun.verbed`, such as `plan.proposed`. */
  type: string;
  at: string;
  body: Record<string, unknown>;
};

export type Evidence = {
  changeSetId: string;
  /** How the commands were shut in, as the runner reports it. */
  sandbox: string;
  /** In the order in which they were run, as the runner reports them; GitHub's own checks are on the pull request. */
  commands: {
    /** `reproduction`: the new tests without the change, which have to fail. */
    stage: "setup" | "before" | "reproduction" | "after";
    command: string;
    /** null: it was stopped. */
    exitCode: number | null;
    durationMs: number;
    tests: TestCounts | null;
    outputTail: string;
  }[];
  /** Sums over the commands that count their tests. */
  tests: {
    before: TestCounts | null;
    after: TestCounts | null;
  };
  /** Test by test, where the checks name them. */
  testChanges: {
    fixed: string[];
    broken: string[];
    added: string[];
    gone: string[];
    failing?: string[];
  } | null;
  /** Tests or checks that the change weakens, for people to judge. */
  weakened: {
    path: string;
    what: string;
  }[];
};

export type ExportedRow = {
  table: string;
  row: Record<string, unknown>;
};

export type FailureReason =
  | "runner_lost"
  | "runner_never_started"
  | "dispatch_refused"
  | "budget_exhausted"
  | "time_exhausted"
  | "steps_exhausted"
  | "model_unavailable"
  | "model_rejected"
  | "model_refused"
  | "model_misbehaved"
  | "setup_failed"
  | "checks_failed"
  | "no_changes"
  | "not_approved_by_critic"
  | "policy_blocked"
  | "workspace_broken"
  | "sandbox_unavailable"
  | "agent_unavailable"
  | "settings_invalid"
  | "publishing_failed"
  | "organization_paused"
  | "organization_budget_exhausted"
  | "plan_exhausted"
  | "state_timeout"
  | "internal_error";

export type Member = {
  userId: string;
  login: string;
  role: Role;
  /** `set`: somebody gave the role here, and it stays. */
  source: "github" | "set";
  createdAt: string;
};

export type NewApiKey = {
  id: string;
  name: string;
  /** What a person recognises it by. */
  hint: string;
  role: "owner" | "admin" | "member" | "viewer" | "billing";
  /** What it may do at most; its role decides too. */
  scopes: string[];
  /** What it is limited to; null: all of the organisation, also those that come later. */
  repositories: string[] | null;
  createdBy: Person;
  createdAt: string;
  expiresAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
  /** The key itself, shown this once; null in a repeated answer. */
  secret: string | null;
};

export type NewWebhookEndpoint = {
  id: string;
  url: string;
  description: string;
  /** None: everything. */
  types: string[];
  repositories: string[] | null;
  enabled: boolean;
  /** Why it was disabled for you; null: a person did it. */
  disabledReason: string | null;
  /** Until then events carry a signature of the old secret too. */
  previousSecretUntil: string | null;
  lastDeliveredAt: string | null;
  createdBy: Person;
  createdAt: string;
  /** What events are signed with, shown this once; null in a repeated answer. */
  secret: string | null;
};

export type Organization = {
  id: string;
  /** The account on GitHub. */
  login: string;
  kind: "Organization" | "User";
  /** What the caller is there. */
  role: "owner" | "admin" | "member" | "viewer" | "billing";
  /** What the caller may do there, key scopes counted in. */
  permissions: Permission[];
  /** Roles that the caller may give to somebody. */
  grants: ("owner" | "admin" | "member" | "viewer" | "billing")[];
  createdAt: string;
  /** Of the GitHub App. */
  installation: "active" | "suspended" | "deleted" | null;
};

export type OrganizationSettings = {
  /** Nothing new begins, and what runs is ended within a minute. */
  paused: boolean;
  /** What all tasks together may cost from the first of a month on (UTC); null: no such limit. */
  monthlyBudgetMicroUsd: number | null;
  /** Works where a repository's `.github/aicd.yml` names no vendor. */
  provider: "anthropic" | "openai" | "openai-compatible" | null;
  /** Of that vendor, where the file names no model. */
  model: string | null;
  /** What commands may run in where a runner has nothing stronger. `process` keeps them from little: whoever steers the agent can read what the runner's user can. */
  weakestSandbox: "bwrap" | "process";
  /** Whose machines the work runs on: GitHub's runners, or servers of this installation's fleet, which must have one; the workflow then takes the input `runs-on`. */
  execution: "github" | "fleet";
  /** Who asks the critic about a change before it is published: the runner that made it, or the server, which a runner cannot speak for. The server's critic reads and runs nothing; runners of an older Action are refused. */
  critic: "runner" | "server";
};

export type OrganizationSummary = {
  id: string;
  /** The account on GitHub. */
  login: string;
  kind: "Organization" | "User";
  /** What the caller is there. */
  role: "owner" | "admin" | "member" | "viewer" | "billing";
  /** What the caller may do there, key scopes counted in. */
  permissions: Permission[];
  /** Roles that the caller may give to somebody. */
  grants: ("owner" | "admin" | "member" | "viewer" | "billing")[];
};

export type Outcomes = {
  from: string;
  to: string;
  /** Asked for in the span; all that follows is of them, as it is now. */
  tasks: number;
  /** Got a pull request, whatever became of that. */
  pullRequests: number;
  merged: number;
  /** The pull request was closed without a merge. */
  closed: number;
  /** FAILED without a pull request. */
  failed: number;
  /** Ended by a person, or by the age of a plan, without a pull request. */
  cancelled: number;
  /** `pullRequests` of those and `failed`; what was cancelled or is at work counts as neither. Null: there is none. */
  successRate: number | null;
  /** `merged` of those and `closed`. Null: no pull request has ended. */
  mergeRate: number | null;
  /** Seconds from the wish to the first pull request, the waiting for people included. Null: there is none. */
  toPullRequestS: {
    median: number;
    p90: number;
  } | null;
};

export type Overage = {
  overage: boolean;
};

export type Permission =
  | "organization.read"
  | "organization.write"
  | "organization.export"
  | "repository.read"
  | "repository.write"
  | "task.read"
  | "task.write"
  | "policy.override"
  | "usage.read"
  | "member.read"
  | "member.write"
  | "owner.write"
  | "api_key.read"
  | "api_key.write"
  | "secret.read"
  | "secret.write"
  | "webhook.read"
  | "webhook.write"
  | "audit.read"
  | "runner.read"
  | "billing.read"
  | "billing.write";

export type Person = {
  login: string;
  id: number;
};

export type Plan = {
  hash: string;
  state: "proposed" | "approved" | "void";
  plan: {
    title: string;
    understanding: string;
    cause: string;
    files: {
      path: string;
      change: string;
    }[];
    tests: string[];
    checks: string[];
    risks: string[];
    questions: string[];
    estimate: {
      changedLines: number;
      lowUsd: number;
      likelyUsd: number;
      highUsd: number;
    };
  };
  baseSha: string;
  /** Millionths of a US dollar. */
  budgetMicroUsd: number;
  approvedBy: Person | null;
  createdAt: string;
};

export type Problem = {
  type:
    | "urn:aicd:problem:invalid"
    | "urn:aicd:problem:unauthenticated"
    | "urn:aicd:problem:forbidden"
    | "urn:aicd:problem:missing"
    | "urn:aicd:problem:method-not-allowed"
    | "urn:aicd:problem:conflict"
    | "urn:aicd:problem:request-running"
    | "urn:aicd:problem:changed"
    | "urn:aicd:problem:too-large"
    | "urn:aicd:problem:media-type"
    | "urn:aicd:problem:key-reused"
    | "urn:aicd:problem:limited"
    | "urn:aicd:problem:broken"
    | "urn:aicd:problem:unavailable";
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: {
    in: "body" | "query" | "header";
    pointer: string;
    detail: string;
  }[];
};

export type Repository = {
  id: string;
  githubId: number;
  owner: string;
  name: string;
  url: string;
  /** Shown only to owners and to members who may read it on GitHub. */
  private: boolean;
  /** The GitHub App is installed on it and not suspended. */
  reachable: boolean;
  /** The organisation's own switch. */
  enabled: boolean;
  index: RepositoryIndex;
  updatedAt: string;
};

/** A repository is indexed with its first task, and again with each push. */
export type RepositoryIndex = {
  /** What is being done; while `commit` is set the index answers, also while a newer one is made. */
  state: "none" | "queued" | "indexing" | "ready" | "failed";
  /** The commit that is searched; null before the first time. */
  commit: string | null;
  files: number | null;
  passages: number | null;
  /** Past commits that are searched too. */
  commits: number | null;
  bytes: number | null;
  indexedAt: string | null;
  tookMs: number | null;
  /** Why the last try came to nothing, and what to do. */
  failure: string | null;
};

export type RepositoryName = {
  id: string;
  owner: string;
  name: string;
};

/** What the organisation demands over the repository's `.github/aicd.yml`; the stricter of the two counts. */
export type RepositorySettings = {
  approval?: "required";
  maxBudgetUsd?: number;
  maxReviewRounds?: number;
};

export type Role = "owner" | "admin" | "member" | "viewer" | "billing";

export type Runner = {
  attemptId: string;
  taskId: string;
  repository: {
    id: string;
    owner: string;
    name: string;
  };
  issueNumber: number;
  /** Which attempt of its task it is. */
  number: number;
  phase: "plan" | "code" | "revise";
  /** `leased`: a runner is at work. */
  state: "pending" | "dispatched" | "leased";
  /** It was told to stop and will with its next heartbeat. */
  stopping: boolean;
  /** The workflow run on GitHub, once known. */
  runUrl: string | null;
  dispatchedAt: string | null;
  /** Silent past this, the runner is taken for lost. */
  leaseUntil: string | null;
  createdAt: string;
};

export type Secret = {
  name: string;
  /** The last characters; empty for short ones. */
  hint: string;
  updatedBy: Person;
  createdAt: string;
  updatedAt: string;
};

/** ANTHROPIC_API_KEY: Model calls to Anthropic are made, and billed, with this key instead of the operator's. OPENAI_API_KEY: Model calls to OpenAI are made, and billed, with this key instead of the operator's. */
export type SecretName = "ANTHROPIC_API_KEY" | "OPENAI_API_KEY";

export type Spend = {
  from: string;
  to: string;
  by: "day" | "repository" | "person" | "model" | "outcome" | "task";
  items: {
    /** Day as YYYY-MM-DD (UTC), repository id, GitHub's id of the person who asked, provider/model, the task's state now, or task id. Empty: what you may not see. */
    key: string;
    /** The key in words people know; empty when there are none. */
    label: string;
    /** Millionths of a US dollar. */
    microUsd: number;
    /** What of it is not billed; `getUsage` says why. */
    excusedMicroUsd: number;
    calls: number;
  }[];
};

export type Task = {
  id: string;
  repository: RepositoryName;
  issueNumber: number;
  /** Empty until the issue was read for the first time. */
  issueTitle: string;
  issueUrl: string;
  state: TaskState;
  /** Since when it is in that state. */
  stateAt: string;
  phase: "plan" | "code" | "revise";
  /** `auto` does not wait for an approval when policy allows. */
  mode: "wait" | "auto";
  requestedBy: Person;
  /** Millionths of a US dollar. */
  budgetMicroUsd: number;
  /** Millionths of a US dollar. */
  spentMicroUsd: number;
  pullRequest: {
    number: number;
    url: string;
  } | null;
  /** Why it FAILED. */
  reason: FailureReason | null;
  createdAt: string;
  /** What happened, in a sentence, where there is more to say. */
  detail: string | null;
  /** The reason in words, and what helps. */
  explanation: {
    happened: string;
    next: string;
  } | null;
  progress: string | null;
  baseBranch: string | null;
  branch: string | null;
  headSha: string | null;
  /** The plan on the table; approving needs its hash. */
  plan: {
    hash: string;
    state: "proposed" | "approved" | "void";
  } | null;
  /** What may be asked of it in this state; the caller's permissions decide too. */
  actions: ("approve" | "revise" | "cancel" | "retry")[];
  /** What `approve` takes now: the plan's hash, or that of a change the policy blocked. */
  approvableHash: string | null;
  /** Something was written and is kept: `/patch` has it, whatever became of the task. */
  hasWork: boolean;
  /** Newest first. */
  attempts: Attempt[];
};

export type TaskApprovedEvent = {
  type: "task.approved";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskBlockedEvent = {
  type: "task.blocked";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskCancelledEvent = {
  type: "task.cancelled";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskChanges = {
  id: string;
  /** Something may have changed unseen: read the list. True in the first message of a connection. */
  missed: boolean;
  /** Tasks that are new or not as they were, as they are now. */
  tasks: TaskSummary[];
};

export type TaskChecksFailedEvent = {
  type: "task.checks_failed";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskClosedEvent = {
  type: "task.closed";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskCreatedEvent = {
  type: "task.created";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskFailedEvent = {
  type: "task.failed";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskMergedEvent = {
  type: "task.merged";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskPlanProposedEvent = {
  type: "task.plan_proposed";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskPullRequestOpenedEvent = {
  type: "task.pull_request_opened";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskQuestionAskedEvent = {
  type: "task.question_asked";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookTaskData;
};

export type TaskState =
  | "QUEUED"
  | "PLANNING"
  | "AWAITING_APPROVAL"
  | "NEEDS_INPUT"
  | "CODING"
  | "REVIEWING"
  | "BLOCKED"
  | "PUBLISHING"
  | "PR_OPEN"
  | "FAILED"
  | "MERGED"
  | "CLOSED"
  | "CANCELLED";

export type TaskSummary = {
  id: string;
  repository: RepositoryName;
  issueNumber: number;
  /** Empty until the issue was read for the first time. */
  issueTitle: string;
  issueUrl: string;
  state: TaskState;
  /** Since when it is in that state. */
  stateAt: string;
  phase: "plan" | "code" | "revise";
  /** `auto` does not wait for an approval when policy allows. */
  mode: "wait" | "auto";
  requestedBy: Person;
  /** Millionths of a US dollar. */
  budgetMicroUsd: number;
  /** Millionths of a US dollar. */
  spentMicroUsd: number;
  pullRequest: {
    number: number;
    url: string;
  } | null;
  /** Why it FAILED. */
  reason: FailureReason | null;
  createdAt: string;
};

export type TestCounts = {
  passed: number;
  failed: number;
  skipped: number;
};

export type Usage = {
  from: string;
  to: string;
  /** Millionths of a US dollar. */
  microUsd: number;
  /** The day of the price list that calls are priced by now. */
  pricesOf: string;
  /** Model calls that were priced. */
  calls: number;
  /** Tasks that cost something. */
  tasks: number;
  /** What of it is not billed, because of how its attempt ended. It counts as spent, in budgets too. The dearest reason comes first. */
  excused: {
    /** Millionths of a US dollar. */
    microUsd: number;
    calls: number;
    reasons: {
      reason: FailureReason;
      /** The reason in words. */
      happened: string;
      /** Millionths of a US dollar. */
      microUsd: number;
      calls: number;
    }[];
  };
  /** Tasks that are not over now: their budgets, and what is spent of them. */
  open: {
    tasks: number;
    /** Millionths of a US dollar. */
    budgetMicroUsd: number;
    /** Millionths of a US dollar. */
    spentMicroUsd: number;
  };
};

export type Verdict = {
  id: string;
  changeSetId: string;
  judge: "critic" | "policy";
  /** `approved` or `rejected` by the critic; `allowed`, `blocked`, `refused` or `overridden`. */
  kind: string;
  /** Who asked the critic, and says what it answered; null of the policy, which is the server's. */
  askedBy: "runner" | "server" | null;
  summary: string | null;
  findings: {
    path: string | null;
    line: number | null;
    severity: string;
    /** Of the policy. */
    rule: string | null;
    why: string;
    wanted: string | null;
  }[];
  /** Who overrode the policy. */
  by: Person | null;
  createdAt: string;
};

export type WebhookDelivery = {
  /** The `webhook-id` of every try. */
  event: string;
  type: string;
  subject: string;
  sequence: number;
  /** `pending`: on its way, or tried again at `nextTryAt`. */
  state: "pending" | "delivered" | "failed";
  tries: number;
  createdAt: string;
  lastTriedAt: string | null;
  deliveredAt: string | null;
  nextTryAt: string | null;
  /** What the last try was answered; null: no answer came. */
  status: number | null;
  /** The beginning of the last answer. */
  answer: string | null;
  /** Why the last try does not count. */
  error: string | null;
  /** What is sent and signed, byte for byte. */
  body: string;
};

export type WebhookEndpoint = {
  id: string;
  url: string;
  description: string;
  /** None: everything. */
  types: string[];
  repositories: string[] | null;
  enabled: boolean;
  /** Why it was disabled for you; null: a person did it. */
  disabledReason: string | null;
  /** Until then events carry a signature of the old secret too. */
  previousSecretUntil: string | null;
  lastDeliveredAt: string | null;
  createdBy: Person;
  createdAt: string;
};

export type WebhookEndpointData = {
  endpoint: {
    id: string;
    origin: string;
    reason: string | null;
  };
};

export type WebhookEndpointDisabledEvent = {
  type: "webhook_endpoint.disabled";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookEndpointData;
};

export type WebhookEndpointTestEvent = {
  type: "webhook_endpoint.test";
  /** When it happened. */
  timestamp: string;
  /** The `webhook-id`: whoever has seen it has seen the event. */
  id: string;
  /** The id of the organisation it happened in. */
  organization: string;
  /** The id of what it happened to: a task, an endpoint or the organisation. */
  subject: string;
  /** The order of the events of one subject, so of one task: what happened later has a greater number. Events that this endpoint did not ask for are counted too, so a gap is no loss. */
  sequence: number;
  data: WebhookEndpointData;
};

export type WebhookEventType =
  | "task.created"
  | "task.plan_proposed"
  | "task.approved"
  | "task.question_asked"
  | "task.blocked"
  | "task.pull_request_opened"
  | "task.checks_failed"
  | "task.merged"
  | "task.closed"
  | "task.failed"
  | "task.cancelled"
  | "webhook_endpoint.disabled"
  | "webhook_endpoint.test";

export type WebhookTaskData = {
  task: {
    id: string;
    repository: {
      id: string;
      owner: string;
      name: string;
    };
    issueNumber: number;
    state: string;
    /** Why it failed or stands still, as a name. */
    reason: string | null;
    /** The same for people. */
    detail: string | null;
    /** Their login at GitHub. */
    requestedBy: string;
    /** Millionths of a US dollar. */
    spentMicroUsd: number;
    pullRequest: {
      number: number;
      url: string | null;
    } | null;
  };
};

/** What each operation takes and gives. */
export type Operations = {
  /** Organisations the caller belongs to */
  listOrganizations: {
    input: Record<never, never>;
    output: {
      items: OrganizationSummary[];
    };
  };
  /** One organisation */
  getOrganization: {
    input: {
      org: string;
    };
    output: Organization;
  };
  /** Everything stored of the organisation, one row a line */
  exportOrganization: {
    input: {
      org: string;
    };
    output: ExportedRow;
  };
  /** What the organisation sets for all of its repositories */
  getOrganizationSettings: {
    input: {
      org: string;
    };
    output: OrganizationSettings;
  };
  /** Pause the organisation, or set its monthly budget, its default model and its weakest sandbox */
  updateOrganizationSettings: {
    input: {
      org: string;
      body: {
        /** Nothing new begins, and what runs is ended within a minute. */
        paused?: boolean;
        /** What all tasks together may cost from the first of a month on (UTC); null: no such limit. */
        monthlyBudgetMicroUsd?: number | null;
        /** Works where a repository's `.github/aicd.yml` names no vendor. */
        provider?: "anthropic" | "openai" | "openai-compatible" | null;
        /** Of that vendor, where the file names no model. */
        model?: string | null;
        /** What commands may run in where a runner has nothing stronger. `process` keeps them from little: whoever steers the agent can read what the runner's user can. */
        weakestSandbox?: "bwrap" | "process";
        /** Whose machines the work runs on: GitHub's runners, or servers of this installation's fleet, which must have one; the workflow then takes the input `runs-on`. */
        execution?: "github" | "fleet";
        /** Who asks the critic about a change before it is published: the runner that made it, or the server, which a runner cannot speak for. The server's critic reads and runs nothing; runners of an older Action are refused. */
        critic?: "runner" | "server";
      };
    };
    output: OrganizationSettings;
  };
  /** Repositories, oldest first */
  listRepositories: {
    input: {
      org: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
      enabled?: "true" | "false";
    };
    output: {
      items: Repository[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** One repository */
  getRepository: {
    input: {
      org: string;
      repository: string;
    };
    output: Repository;
  };
  /** Switch a repository on or off */
  updateRepository: {
    input: {
      org: string;
      repository: string;
      body: {
        enabled: boolean;
      };
    };
    output: Repository;
  };
  /** Index a repository again, from its default branch as it is now */
  indexRepository: {
    input: {
      org: string;
      repository: string;
    };
    output: RepositoryIndex;
  };
  /** What the organisation demands of a repository */
  getRepositorySettings: {
    input: {
      org: string;
      repository: string;
    };
    output: RepositorySettings;
  };
  /** Replace what the organisation demands of a repository */
  putRepositorySettings: {
    input: {
      org: string;
      repository: string;
      body: RepositorySettings;
    };
    output: RepositorySettings;
  };
  /** Tasks, newest first */
  listTasks: {
    input: {
      org: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
      /** Only these states. */
      state?: TaskState[];
      repository?: string;
      /** GitHub login of who asked. */
      author?: string;
      /** Part of the issue's title, in any case of letters, or its number. */
      text?: string;
      createdFrom?: string;
      /** Not included. */
      createdTo?: string;
    };
    output: {
      items: TaskSummary[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** Start work on an issue */
  createTask: {
    input: {
      org: string;
      body: {
        repository: string;
        issueNumber: number;
        /** `wait` when left out. */
        mode?: "wait" | "auto";
        /** Guidance beyond what the issue says. */
        text?: string;
        model?: string;
        /** Hard stop, in dollars. */
        budgetUsd?: number;
        /** Branch to start from; the default branch when left out. */
        base?: string;
      };
    };
    output: Task;
  };
  /** Tasks that change, as server-sent events */
  streamTasks: {
    input: {
      org: string;
    };
    output: TaskChanges;
  };
  /** One task with its attempts */
  getTask: {
    input: {
      org: string;
      task: string;
    };
    output: Task;
  };
  /** The plan on the table */
  getPlan: {
    input: {
      org: string;
      task: string;
    };
    output: Plan;
  };
  /** All plans of a task, newest first */
  listPlans: {
    input: {
      org: string;
      task: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
    };
    output: {
      items: Plan[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** What happened to a task, oldest first */
  listEvents: {
    input: {
      org: string;
      task: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
    };
    output: {
      items: Event[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** What happens to a task, as server-sent events */
  streamEvents: {
    input: {
      org: string;
      task: string;
    };
    output: Event;
  };
  /** Approve this very plan, or this very blocked change */
  approvePlan: {
    input: {
      org: string;
      task: string;
      body: {
        hash: string;
      };
    };
    output: Task;
  };
  /** Ask for another plan, or answer a question */
  reviseTask: {
    input: {
      org: string;
      task: string;
      body: {
        text: string;
      };
    };
    output: Task;
  };
  /** Stop it */
  cancelTask: {
    input: {
      org: string;
      task: string;
      body?: {
        reason?: string;
      };
    };
    output: Task;
  };
  /** Try again what FAILED or was BLOCKED */
  retryTask: {
    input: {
      org: string;
      task: string;
      body?: {
        text?: string;
        model?: string;
        /** Hard stop, in dollars. */
        budgetUsd?: number;
        /** Branch to start from; the default branch when left out. */
        base?: string;
        /** Publish the unfinished work as it is. */
        partial?: boolean;
      };
    };
    output: Task;
  };
  /** All that was proposed for a task, newest first */
  listChangeSets: {
    input: {
      org: string;
      task: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
    };
    output: {
      items: ChangeSetSummary[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** The change on the table, the one that was published last, or one of its changes */
  getChangeSet: {
    input: {
      org: string;
      task: string;
      /** One of the task's changes, whichever became of it. */
      changeSet?: string;
      /** With the files' new contents. */
      content?: "true" | "false";
    };
    output: ChangeSet;
  };
  /** The last work of the task, or one of its changes, as a patch for `git am` or `git apply` */
  getPatch: {
    input: {
      org: string;
      task: string;
      /** One of the task's changes, whichever became of it. */
      changeSet?: string;
    };
    output: string;
  };
  /** The last work of the task, or one of its changes, file by file */
  getDiff: {
    input: {
      org: string;
      task: string;
      /** One of the task's changes, whichever became of it. */
      changeSet?: string;
      /** Only this file, by its new path. */
      path?: string;
    };
    output: Diff;
  };
  /** What was run to prove that change, and what came out */
  getEvidence: {
    input: {
      org: string;
      task: string;
      /** One of the task's changes, whichever became of it. */
      changeSet?: string;
    };
    output: Evidence;
  };
  /** How critic and policy judged the task's changes, newest first */
  listVerdicts: {
    input: {
      org: string;
      task: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
    };
    output: {
      items: Verdict[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** What was spent in a span of time, and what open tasks may still cost */
  getUsage: {
    input: {
      org: string;
      /** 30 days before `to` when left out. */
      from?: string;
      /** Not included; now when left out. */
      to?: string;
    };
    output: Usage;
  };
  /** What was spent, by day, repository, person, model, outcome or task */
  getSpend: {
    input: {
      org: string;
      /** 30 days before `to` when left out. */
      from?: string;
      /** Not included; now when left out. */
      to?: string;
      by: "day" | "repository" | "person" | "model" | "outcome" | "task";
      /** Rows; 400 when left out. */
      limit?: number;
    };
    output: Spend;
  };
  /** What was spent, by day, repository, person, model, outcome or task, as CSV */
  exportSpend: {
    input: {
      org: string;
      /** 30 days before `to` when left out. */
      from?: string;
      /** Not included; now when left out. */
      to?: string;
      by: "day" | "repository" | "person" | "model" | "outcome" | "task";
    };
    output: string;
  };
  /** What became of the tasks of a span of time, and how long the way to a pull request was */
  getOutcomes: {
    input: {
      org: string;
      /** 30 days before `to` when left out. */
      from?: string;
      /** Not included; now when left out. */
      to?: string;
    };
    output: Outcomes;
  };
  /** The plan, what is used of it, and invoices */
  getBilling: {
    input: {
      org: string;
    };
    output: Billing;
  };
  /** Open a page on which a plan is bought */
  openCheckout: {
    input: {
      org: string;
      body: {
        plan: string;
        seats?: number;
      };
    };
    output: BillingPage;
  };
  /** Open a page on which the plan and the card are changed and invoices are read */
  openCustomerPortal: {
    input: {
      org: string;
    };
    output: BillingPage;
  };
  /** Have usage beyond the plan billed, or stop there */
  setOverage: {
    input: {
      org: string;
      body: {
        overage: boolean;
      };
    };
    output: Overage;
  };
  /** Runners at work or on their way, newest first */
  listRunners: {
    input: {
      org: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
    };
    output: {
      items: Runner[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** Members who have signed in, and their roles */
  listMembers: {
    input: {
      org: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
    };
    output: {
      items: Member[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** Give a member another role */
  setMemberRole: {
    input: {
      org: string;
      user: string;
      body: {
        role: Role;
      };
    };
    output: Member;
  };
  /** API keys, newest first */
  listApiKeys: {
    input: {
      org: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
    };
    output: {
      items: ApiKey[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** Make an API key */
  createApiKey: {
    input: {
      org: string;
      body: {
        name: string;
        role: "owner" | "admin" | "member" | "viewer" | "billing";
        /** All of the role when left out. */
        scopes?: Permission[];
        /** All of the organisation when left out, which takes somebody who may see them all. */
        repositories?: string[];
        /** 90 when left out. */
        expiresInDays?: number;
      };
    };
    output: NewApiKey;
  };
  /** Make a key that follows this one */
  rotateApiKey: {
    input: {
      org: string;
      key: string;
      body?: {
        /** 86400 when left out. */
        overlapSeconds?: number;
        expiresInDays?: number;
      };
    };
    output: NewApiKey;
  };
  /** Revoke a key */
  revokeApiKey: {
    input: {
      org: string;
      key: string;
    };
    output: undefined;
  };
  /** Which secrets are set */
  listSecrets: {
    input: {
      org: string;
    };
    output: {
      items: Secret[];
    };
  };
  /** Set or replace a secret */
  putSecret: {
    input: {
      org: string;
      name: SecretName;
      body: {
        value: string;
      };
    };
    output: undefined;
  };
  /** Remove a secret */
  deleteSecret: {
    input: {
      org: string;
      name: SecretName;
    };
    output: undefined;
  };
  /** What an endpoint was sent, newest first */
  listWebhookDeliveries: {
    input: {
      org: string;
      endpoint: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
      state?: "pending" | "delivered" | "failed";
    };
    output: {
      items: WebhookDelivery[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** Send an event again */
  redeliverWebhook: {
    input: {
      org: string;
      endpoint: string;
      event: string;
    };
    output: undefined;
  };
  /** Send a test event */
  testWebhookEndpoint: {
    input: {
      org: string;
      endpoint: string;
    };
    output: undefined;
  };
  /** Where events are sent, oldest first */
  listWebhookEndpoints: {
    input: {
      org: string;
    };
    output: {
      items: WebhookEndpoint[];
    };
  };
  /** Have events sent to an address */
  createWebhookEndpoint: {
    input: {
      org: string;
      body: {
        /** Where events are posted to, by https. */
        url: string;
        /** What it is for, in your words. */
        description?: string;
        /** What it is told; none: everything, also what comes later. */
        types?: WebhookEventType[];
        /** Whose tasks it hears of, and nothing else; null: all of the organisation. */
        repositories?: string[] | null;
      };
    };
    output: NewWebhookEndpoint;
  };
  /** One endpoint */
  getWebhookEndpoint: {
    input: {
      org: string;
      endpoint: string;
    };
    output: WebhookEndpoint;
  };
  /** Change an endpoint */
  updateWebhookEndpoint: {
    input: {
      org: string;
      endpoint: string;
      body: {
        /** Where events are posted to, by https. */
        url?: string;
        /** What it is for, in your words. */
        description?: string;
        /** What it is told; none: everything, also what comes later. */
        types?: WebhookEventType[];
        /** Whose tasks it hears of, and nothing else; null: all of the organisation. */
        repositories?: string[] | null;
        enabled?: boolean;
      };
    };
    output: WebhookEndpoint;
  };
  /** Remove an endpoint */
  deleteWebhookEndpoint: {
    input: {
      org: string;
      endpoint: string;
    };
    output: undefined;
  };
  /** Change what events are signed with */
  rotateWebhookSecret: {
    input: {
      org: string;
      endpoint: string;
      body?: {
        /** 86400 when left out; 0: the old secret is worth nothing from now on. */
        overlapSeconds?: number;
      };
    };
    output: NewWebhookEndpoint;
  };
  /** Who did what, newest first */
  listAuditLog: {
    input: {
      org: string;
      /** Rows on a page; 25 when left out. */
      limit?: number;
      /** `next` of the page before. */
      cursor?: string;
      action?: string;
      from?: string;
      /** Not included. */
      to?: string;
    };
    output: {
      items: AuditEntry[];
      /** Cursor of the next page; null on the last one. */
      next: string | null;
    };
  };
  /** The whole chain, one entry a line */
  exportAuditLog: {
    input: {
      org: string;
    };
    output: ChainedAuditEntry;
  };
};

export const OPERATIONS = {
  listOrganizations: { method: "GET", path: "/v1/organizations", query: [], media: "application/json" },
  getOrganization: { method: "GET", path: "/v1/organizations/{org}", query: [], media: "application/json" },
  exportOrganization: {
    method: "GET",
    path: "/v1/organizations/{org}/export",
    query: [],
    media: "application/x-ndjson",
  },
  getOrganizationSettings: {
    method: "GET",
    path: "/v1/organizations/{org}/settings",
    query: [],
    media: "application/json",
  },
  updateOrganizationSettings: {
    method: "PATCH",
    path: "/v1/organizations/{org}/settings",
    query: [],
    media: "application/json",
  },
  listRepositories: {
    method: "GET",
    path: "/v1/organizations/{org}/repositories",
    query: ["limit", "cursor", "enabled"],
    media: "application/json",
  },
  getRepository: {
    method: "GET",
    path: "/v1/organizations/{org}/repositories/{repository}",
    query: [],
    media: "application/json",
  },
  updateRepository: {
    method: "PATCH",
    path: "/v1/organizations/{org}/repositories/{repository}",
    query: [],
    media: "application/json",
  },
  indexRepository: {
    method: "POST",
    path: "/v1/organizations/{org}/repositories/{repository}/index",
    query: [],
    media: "application/json",
  },
  getRepositorySettings: {
    method: "GET",
    path: "/v1/organizations/{org}/repositories/{repository}/settings",
    query: [],
    media: "application/json",
  },
  putRepositorySettings: {
    method: "PUT",
    path: "/v1/organizations/{org}/repositories/{repository}/settings",
    query: [],
    media: "application/json",
  },
  listTasks: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks",
    query: ["limit", "cursor", "state", "repository", "author", "text", "createdFrom", "createdTo"],
    media: "application/json",
  },
  createTask: { method: "POST", path: "/v1/organizations/{org}/tasks", query: [], media: "application/json" },
  streamTasks: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/stream",
    query: [],
    media: "text/event-stream",
  },
  getTask: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}",
    query: [],
    media: "application/json",
  },
  getPlan: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/plan",
    query: [],
    media: "application/json",
  },
  listPlans: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/plans",
    query: ["limit", "cursor"],
    media: "application/json",
  },
  listEvents: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/events",
    query: ["limit", "cursor"],
    media: "application/json",
  },
  streamEvents: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/events/stream",
    query: [],
    media: "text/event-stream",
  },
  approvePlan: {
    method: "POST",
    path: "/v1/organizations/{org}/tasks/{task}/approve",
    query: [],
    media: "application/json",
  },
  reviseTask: {
    method: "POST",
    path: "/v1/organizations/{org}/tasks/{task}/revise",
    query: [],
    media: "application/json",
  },
  cancelTask: {
    method: "POST",
    path: "/v1/organizations/{org}/tasks/{task}/cancel",
    query: [],
    media: "application/json",
  },
  retryTask: {
    method: "POST",
    path: "/v1/organizations/{org}/tasks/{task}/retry",
    query: [],
    media: "application/json",
  },
  listChangeSets: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/change-sets",
    query: ["limit", "cursor"],
    media: "application/json",
  },
  getChangeSet: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/change-set",
    query: ["changeSet", "content"],
    media: "application/json",
  },
  getPatch: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/patch",
    query: ["changeSet"],
    media: "text/x-patch",
  },
  getDiff: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/diff",
    query: ["changeSet", "path"],
    media: "application/json",
  },
  getEvidence: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/evidence",
    query: ["changeSet"],
    media: "application/json",
  },
  listVerdicts: {
    method: "GET",
    path: "/v1/organizations/{org}/tasks/{task}/verdicts",
    query: ["limit", "cursor"],
    media: "application/json",
  },
  getUsage: {
    method: "GET",
    path: "/v1/organizations/{org}/usage",
    query: ["from", "to"],
    media: "application/json",
  },
  getSpend: {
    method: "GET",
    path: "/v1/organizations/{org}/usage/spend",
    query: ["from", "to", "by", "limit"],
    media: "application/json",
  },
  exportSpend: {
    method: "GET",
    path: "/v1/organizations/{org}/usage/spend/export",
    query: ["from", "to", "by"],
    media: "text/csv",
  },
  getOutcomes: {
    method: "GET",
    path: "/v1/organizations/{org}/usage/outcomes",
    query: ["from", "to"],
    media: "application/json",
  },
  getBilling: {
    method: "GET",
    path: "/v1/organizations/{org}/billing",
    query: [],
    media: "application/json",
  },
  openCheckout: {
    method: "POST",
    path: "/v1/organizations/{org}/billing/checkout",
    query: [],
    media: "application/json",
  },
  openCustomerPortal: {
    method: "POST",
    path: "/v1/organizations/{org}/billing/portal",
    query: [],
    media: "application/json",
  },
  setOverage: {
    method: "PUT",
    path: "/v1/organizations/{org}/billing/overage",
    query: [],
    media: "application/json",
  },
  listRunners: {
    method: "GET",
    path: "/v1/organizations/{org}/runners",
    query: ["limit", "cursor"],
    media: "application/json",
  },
  listMembers: {
    method: "GET",
    path: "/v1/organizations/{org}/members",
    query: ["limit", "cursor"],
    media: "application/json",
  },
  setMemberRole: {
    method: "PATCH",
    path: "/v1/organizations/{org}/members/{user}",
    query: [],
    media: "application/json",
  },
  listApiKeys: {
    method: "GET",
    path: "/v1/organizations/{org}/api-keys",
    query: ["limit", "cursor"],
    media: "application/json",
  },
  createApiKey: {
    method: "POST",
    path: "/v1/organizations/{org}/api-keys",
    query: [],
    media: "application/json",
  },
  rotateApiKey: {
    method: "POST",
    path: "/v1/organizations/{org}/api-keys/{key}/rotate",
    query: [],
    media: "application/json",
  },
  revokeApiKey: { method: "DELETE", path: "/v1/organizations/{org}/api-keys/{key}", query: [], media: null },
  listSecrets: {
    method: "GET",
    path: "/v1/organizations/{org}/secrets",
    query: [],
    media: "application/json",
  },
  putSecret: { method: "PUT", path: "/v1/organizations/{org}/secrets/{name}", query: [], media: null },
  deleteSecret: { method: "DELETE", path: "/v1/organizations/{org}/secrets/{name}", query: [], media: null },
  listWebhookDeliveries: {
    method: "GET",
    path: "/v1/organizations/{org}/webhook-endpoints/{endpoint}/deliveries",
    query: ["limit", "cursor", "state"],
    media: "application/json",
  },
  redeliverWebhook: {
    method: "POST",
    path: "/v1/organizations/{org}/webhook-endpoints/{endpoint}/deliveries/{event}/redeliver",
    query: [],
    media: null,
  },
  testWebhookEndpoint: {
    method: "POST",
    path: "/v1/organizations/{org}/webhook-endpoints/{endpoint}/test",
    query: [],
    media: null,
  },
  listWebhookEndpoints: {
    method: "GET",
    path: "/v1/organizations/{org}/webhook-endpoints",
    query: [],
    media: "application/json",
  },
  createWebhookEndpoint: {
    method: "POST",
    path: "/v1/organizations/{org}/webhook-endpoints",
    query: [],
    media: "application/json",
  },
  getWebhookEndpoint: {
    method: "GET",
    path: "/v1/organizations/{org}/webhook-endpoints/{endpoint}",
    query: [],
    media: "application/json",
  },
  updateWebhookEndpoint: {
    method: "PATCH",
    path: "/v1/organizations/{org}/webhook-endpoints/{endpoint}",
    query: [],
    media: "application/json",
  },
  deleteWebhookEndpoint: {
    method: "DELETE",
    path: "/v1/organizations/{org}/webhook-endpoints/{endpoint}",
    query: [],
    media: null,
  },
  rotateWebhookSecret: {
    method: "POST",
    path: "/v1/organizations/{org}/webhook-endpoints/{endpoint}/rotate-secret",
    query: [],
    media: "application/json",
  },
  listAuditLog: {
    method: "GET",
    path: "/v1/organizations/{org}/audit-log",
    query: ["limit", "cursor", "action", "from", "to"],
    media: "application/json",
  },
  exportAuditLog: {
    method: "GET",
    path: "/v1/organizations/{org}/audit-log/export",
    query: [],
    media: "application/x-ndjson",
  },
} as const;
