-- People, keys, secrets, the audit log; and row-level security under roles that own nothing.
-- The release before goes on beside this one if its login role is a superuser, as the embedded one is.

-- Roles belong to the server, not to the database: another database may have made them.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['aicd_app', 'aicd_system', 'aicd_eraser'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
    -- Not inherited: a session has a role's rights only while it acts as that role.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
      EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT FALSE, SET TRUE', name);
    END IF;
  END LOOP;
END $$;

GRANT SELECT ON schema_migrations TO PUBLIC;

-- People are GitHub's; what they are in a tenant is in memberships.
CREATE TABLE users (
  id text PRIMARY KEY,
  github_id bigint NOT NULL UNIQUE,
  login text NOT NULL,
  name text,
  avatar_url text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE memberships (
  tenant_id text NOT NULL REFERENCES tenants (id),
  user_id text NOT NULL REFERENCES users (id),
  login text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'billing')),
  -- A role that a person gave stays when GitHub is asked again, as long as GitHub knows the member.
  source text NOT NULL CHECK (source IN ('github', 'set')),
  -- Asked of GitHub; past a quarter of an hour it counts no more.
  checked_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_of_user ON memberships (user_id);

-- A sign-in: a browser's cookie, or a token of the frontend with its refresh token.
CREATE TABLE sessions (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id),
  kind text NOT NULL CHECK (kind IN ('browser', 'token')),
  token_hash bytea NOT NULL UNIQUE,
  refresh_hash bytea UNIQUE,
  -- The refresh token before: whoever shows it again has stolen it, or was stolen from.
  spent_refresh_hash bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  refresh_expires_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_spent ON sessions (spent_refresh_hash) WHERE spent_refresh_hash IS NOT NULL;

-- A sign-in under way. Single use, ten minutes, bound to the browser that began it.
CREATE TABLE sign_ins (
  state_hash bytea PRIMARY KEY,
  browser_hash bytea NOT NULL,
  verifier text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('browser', 'token')),
  return_to text NOT NULL,
  -- For the frontend: the challenge that its exchange has to meet.
  challenge text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_ins_age ON sign_ins (created_at);

-- What the frontend exchanges for its token. Single use, one minute.
CREATE TABLE sign_in_codes (
  code_hash bytea PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id),
  challenge text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_codes_age ON sign_in_codes (created_at);

CREATE TABLE api_keys (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  name text NOT NULL,
  -- HMAC-SHA256 under the pepper; the key itself is shown once and kept nowhere.
  hash bytea NOT NULL UNIQUE,
  -- Its first characters, so that a person recognises it.
  hint text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'billing')),
  scopes text[] NOT NULL,
  created_by jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);

-- What a tenant sets here; what a repository sets in its own `.github/aicd.yml` is read from there.
CREATE TABLE tenant_settings (
  tenant_id text PRIMARY KEY REFERENCES tenants (id),
  body jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE repositories
  -- Switched off by the tenant, whatever GitHub's selection says.
  ADD COLUMN enabled boolean NOT NULL DEFAULT true,
  ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN settings_version integer NOT NULL DEFAULT 1,
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();

ALTER TABLE installations
  ADD COLUMN permissions jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN selection text,
  -- When the repositories were last compared with GitHub's list.
  ADD COLUMN reconciled_at timestamptz;
CREATE INDEX installations_unreconciled ON installations (reconciled_at NULLS FIRST) WHERE state <> 'deleted';

CREATE TABLE tenant_secrets (
  tenant_id text NOT NULL REFERENCES tenants (id),
  name text NOT NULL,
  -- The data key, wrapped by the master key of that name.
  master_key text NOT NULL,
  wrapped_key bytea NOT NULL,
  -- Nonce, ciphertext, tag; bound to tenant and name.
  sealed bytea NOT NULL,
  -- The last four characters, so that a person recognises it; none for short ones.
  hint text NOT NULL,
  updated_by jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, name)
);

CREATE TABLE subscriptions (
  tenant_id text PRIMARY KEY REFERENCES tenants (id),
  plan text NOT NULL,
  state text NOT NULL CHECK (state IN ('trialing', 'active', 'past_due', 'cancelled')),
  stripe_customer_id text,
  stripe_subscription_id text,
  period_start timestamptz,
  period_end timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- One row per command that our runner ran for a ChangeSet.
CREATE TABLE evidence (
  tenant_id text NOT NULL,
  id text NOT NULL,
  task_id text NOT NULL,
  change_set_id text NOT NULL,
  stage text NOT NULL CHECK (stage IN ('setup', 'before', 'reproduction', 'after')),
  position integer NOT NULL,
  command text NOT NULL,
  exit_code integer,
  duration_ms double precision NOT NULL,
  passed integer,
  failed integer,
  skipped integer,
  output_tail text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, change_set_id, stage, position),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id),
  FOREIGN KEY (tenant_id, change_set_id) REFERENCES change_sets (tenant_id, id)
);
CREATE INDEX evidence_of_task ON evidence (tenant_id, task_id);

-- Work in progress of an attempt, for the runner that takes over from a lost one.
CREATE TABLE checkpoints (
  tenant_id text NOT NULL,
  id text NOT NULL,
  task_id text NOT NULL,
  attempt_id text NOT NULL,
  phase text NOT NULL,
  seq integer NOT NULL,
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, attempt_id, seq),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id),
  FOREIGN KEY (tenant_id, attempt_id) REFERENCES attempts (tenant_id, id)
);
CREATE INDEX checkpoints_of_task ON checkpoints (tenant_id, task_id, id DESC);

-- What reviewers taught us about a repository.
CREATE TABLE review_memory (
  tenant_id text NOT NULL,
  id text NOT NULL,
  repository_id text NOT NULL,
  task_id text,
  path text,
  lesson text NOT NULL,
  author jsonb NOT NULL,
  source_url text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, repository_id) REFERENCES repositories (tenant_id, id),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);
CREATE INDEX review_memory_of_repository ON review_memory (tenant_id, repository_id, id DESC);

-- Answers to writes that carried an Idempotency-Key, kept for a day.
CREATE TABLE idempotency_keys (
  tenant_id text NOT NULL REFERENCES tenants (id),
  actor_id text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  -- Null while the first request is being answered.
  status integer,
  headers jsonb,
  body jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, actor_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Who did what. Rows are only ever added; the chain over them is made of rows of its own.
CREATE TABLE audit_log (
  tenant_id text NOT NULL,
  id text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  actor jsonb NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  detail jsonb NOT NULL,
  -- The transaction that wrote it: the order in which rows become final.
  xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_log_order ON audit_log (tenant_id, xact, id);
CREATE INDEX audit_log_age ON audit_log (at);

CREATE TABLE audit_chain (
  tenant_id text NOT NULL,
  seq bigint NOT NULL,
  entry_id text NOT NULL,
  xact xid8 NOT NULL,
  -- sha256 over the link before and the entry's canonical form
  hash bytea NOT NULL,
  PRIMARY KEY (tenant_id, seq),
  UNIQUE (tenant_id, entry_id)
);

-- Uninstalled tenants, what was deleted and the proof of it. Outlives the tenant's rows.
CREATE TABLE erasures (
  id text PRIMARY KEY,
  tenant_id text NOT NULL,
  account_id bigint NOT NULL,
  login text NOT NULL,
  due_at timestamptz NOT NULL,
  export_path text,
  proof jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
CREATE UNIQUE INDEX erasures_open ON erasures (tenant_id) WHERE finished_at IS NULL;

-- Bodies are emptied long before the rows that remember their GUIDs are forgotten.
CREATE INDEX webhook_batches_full ON webhook_batches (id) WHERE bytes > 0;

-- Every tenant table: the tenant's own rows for the app, all rows for the system, and nobody else,
-- not even the owner. The setting is '' once a transaction that set it is over: no tenant's id.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tenants', 'installations', 'repositories', 'intents', 'tasks', 'attempts',
    'plans', 'change_sets', 'verdicts', 'usage', 'events', 'comments', 'outbox', 'oidc_tokens', 'memberships',
    'api_keys', 'tenant_settings', 'tenant_secrets', 'subscriptions', 'evidence', 'checkpoints',
    'review_memory', 'idempotency_keys', 'audit_log', 'audit_chain', 'erasures', 'users', 'sessions',
    'sign_ins', 'sign_in_codes', 'webhook_deliveries', 'webhook_batches'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY everything ON %I TO aicd_system, aicd_eraser USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO aicd_system', name);
    EXECUTE format('GRANT SELECT, DELETE ON %I TO aicd_eraser', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['installations', 'repositories', 'intents', 'tasks', 'attempts', 'plans',
    'change_sets', 'verdicts', 'usage', 'events', 'comments', 'outbox', 'memberships', 'api_keys',
    'tenant_settings', 'tenant_secrets', 'subscriptions', 'evidence', 'checkpoints', 'review_memory',
    'idempotency_keys', 'audit_log', 'audit_chain'] LOOP
    EXECUTE format($policy$CREATE POLICY own ON %I TO aicd_app
      USING (tenant_id = current_setting('app.tenant', true))
      WITH CHECK (tenant_id = current_setting('app.tenant', true))$policy$, name);
  END LOOP;
END $$;

CREATE POLICY own ON tenants FOR SELECT TO aicd_app USING (id = current_setting('app.tenant', true));
-- A token belongs to whom its attempt belongs.
CREATE POLICY own ON oidc_tokens TO aicd_app
  USING (EXISTS (SELECT FROM attempts a WHERE a.id = attempt_id AND a.tenant_id = current_setting('app.tenant', true)))
  WITH CHECK (EXISTS (SELECT FROM attempts a WHERE a.id = attempt_id AND a.tenant_id = current_setting('app.tenant', true)));

GRANT SELECT ON tenants, installations, audit_chain TO aicd_app;
GRANT SELECT, INSERT ON verdicts, usage, events, oidc_tokens, evidence, audit_log TO aicd_app;
GRANT SELECT, INSERT, UPDATE ON repositories, intents, tasks, attempts, plans, change_sets, comments,
  api_keys, tenant_settings, subscriptions TO aicd_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON memberships, tenant_secrets, checkpoints, review_memory,
  idempotency_keys TO aicd_app;
GRANT INSERT ON outbox TO aicd_app;
-- What passes through is the system's to remove; everything else only the eraser's.
GRANT DELETE ON outbox, webhook_deliveries, webhook_batches, oidc_tokens, sign_ins, sign_in_codes,
  idempotency_keys TO aicd_system;
REVOKE UPDATE ON audit_log, audit_chain FROM aicd_system;
