-- Tenancy, tasks and everything a task leaves behind. Every tenant table has the tenant in its keys.

CREATE TABLE tenants (
  id text PRIMARY KEY,
  account_id bigint NOT NULL UNIQUE,
  login text NOT NULL,
  kind text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE installations (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  github_id bigint NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('active', 'suspended', 'deleted')),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE repositories (
  tenant_id text NOT NULL,
  id text NOT NULL,
  installation_id text NOT NULL,
  github_id bigint NOT NULL,
  owner text NOT NULL,
  name text NOT NULL,
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, github_id),
  FOREIGN KEY (tenant_id, installation_id) REFERENCES installations (tenant_id, id)
);

CREATE TABLE intents (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  key text NOT NULL,
  repository_id text NOT NULL,
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  applied_at timestamptz,
  outcome text,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, key),
  FOREIGN KEY (tenant_id, repository_id) REFERENCES repositories (tenant_id, id)
);

CREATE TABLE tasks (
  tenant_id text NOT NULL,
  id text NOT NULL,
  repository_id text NOT NULL,
  issue_number integer NOT NULL,
  issue_title text NOT NULL,
  state text NOT NULL,
  state_at timestamptz NOT NULL DEFAULT now(),
  phase text NOT NULL CHECK (phase IN ('plan', 'code', 'revise')),
  mode text NOT NULL CHECK (mode IN ('wait', 'auto')),
  requested_by jsonb NOT NULL,
  source jsonb NOT NULL,
  flags jsonb NOT NULL,
  guidance jsonb NOT NULL DEFAULT '[]',
  review_id bigint,
  -- Submitted while a retry was at work; taken up when that one is done.
  next_review_id bigint,
  -- Attempts up to this number were before a person last spoke; lost ones among them no longer count.
  retries_from integer NOT NULL DEFAULT 0,
  budget_micro_usd bigint NOT NULL,
  spent_micro_usd bigint NOT NULL DEFAULT 0,
  base_branch text,
  branch text,
  pull_request_number integer,
  pull_request_url text,
  head_sha text,
  plan_id text,
  change_set_id text,
  reason text,
  detail text,
  progress text,
  status_comment_id bigint,
  thread_version integer NOT NULL DEFAULT 1,
  thread_rendered integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, repository_id) REFERENCES repositories (tenant_id, id)
);
-- One living task per issue: the second label finds the first one's task.
CREATE UNIQUE INDEX tasks_living ON tasks (tenant_id, repository_id, issue_number)
  WHERE state NOT IN ('MERGED', 'CLOSED', 'CANCELLED');
CREATE INDEX tasks_of_pull_request ON tasks (tenant_id, repository_id, pull_request_number)
  WHERE pull_request_number IS NOT NULL;
CREATE INDEX tasks_of_issue ON tasks (tenant_id, repository_id, issue_number, created_at DESC);
-- The sweep reads only what is on its way, however many tasks are stored.
CREATE INDEX tasks_on_the_way ON tasks (state_at)
  WHERE state NOT IN ('MERGED', 'CLOSED', 'CANCELLED', 'FAILED', 'PR_OPEN');
CREATE INDEX tasks_unrendered ON tasks (state_at) WHERE thread_rendered < thread_version;

CREATE TABLE attempts (
  tenant_id text NOT NULL,
  id text NOT NULL,
  task_id text NOT NULL,
  number integer NOT NULL,
  phase text NOT NULL,
  state text NOT NULL,
  run_key text NOT NULL,
  epoch integer NOT NULL DEFAULT 0,
  context jsonb,
  token_hash bytea,
  lease_until timestamptz,
  dispatched_at timestamptz,
  run_id bigint,
  run_attempt integer,
  next_seq integer NOT NULL DEFAULT 0,
  cancel_reason text,
  reason text,
  detail text,
  receipts jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, task_id, number),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);
-- A runner knows only its attempt id; the row says whose it is.
CREATE UNIQUE INDEX attempts_by_id ON attempts (id);
CREATE UNIQUE INDEX attempts_by_token ON attempts (token_hash) WHERE token_hash IS NOT NULL;
CREATE UNIQUE INDEX attempts_one_live ON attempts (tenant_id, task_id)
  WHERE state IN ('pending', 'dispatched', 'leased');
CREATE INDEX attempts_live ON attempts (lease_until) WHERE state IN ('pending', 'dispatched', 'leased');
CREATE INDEX attempts_by_run ON attempts (run_id) WHERE state IN ('pending', 'dispatched', 'leased');

-- An OIDC token opens one lease; Postgres remembers it past its expiry.
CREATE TABLE oidc_tokens (
  jti text PRIMARY KEY,
  attempt_id text NOT NULL,
  used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX oidc_tokens_age ON oidc_tokens (used_at);

CREATE TABLE plans (
  tenant_id text NOT NULL,
  id text NOT NULL,
  task_id text NOT NULL,
  attempt_id text NOT NULL,
  hash text NOT NULL,
  body jsonb NOT NULL,
  base_sha text NOT NULL,
  snapshot_digest text NOT NULL,
  budget_micro_usd bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('proposed', 'approved', 'void')),
  approved_by jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, attempt_id),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);
CREATE INDEX plans_of_task ON plans (tenant_id, task_id);

CREATE TABLE change_sets (
  tenant_id text NOT NULL,
  id text NOT NULL,
  task_id text NOT NULL,
  attempt_id text NOT NULL,
  digest text NOT NULL,
  body jsonb NOT NULL,
  evidence jsonb NOT NULL,
  commit_sha text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, attempt_id, digest),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);

CREATE TABLE verdicts (
  tenant_id text NOT NULL,
  id text NOT NULL,
  task_id text NOT NULL,
  change_set_id text NOT NULL,
  judge text NOT NULL CHECK (judge IN ('critic', 'policy')),
  kind text NOT NULL,
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, change_set_id) REFERENCES change_sets (tenant_id, id)
);
CREATE INDEX verdicts_of_change_set ON verdicts (tenant_id, change_set_id);

CREATE TABLE usage (
  tenant_id text NOT NULL,
  id text NOT NULL,
  key text NOT NULL,
  task_id text NOT NULL,
  attempt_id text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  tokens jsonb NOT NULL,
  price jsonb NOT NULL,
  micro_usd bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, key),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);
CREATE INDEX usage_of_task ON usage (tenant_id, task_id);

CREATE TABLE events (
  tenant_id text NOT NULL,
  id text NOT NULL,
  task_id text NOT NULL,
  type text NOT NULL,
  body jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, task_id, id),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);

-- The intent row of every text we post: written first, found again by its marker, posted once.
CREATE TABLE comments (
  tenant_id text NOT NULL,
  id text NOT NULL,
  task_id text NOT NULL,
  key text NOT NULL,
  target jsonb NOT NULL,
  body text NOT NULL,
  github_id bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, task_id, key),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);
