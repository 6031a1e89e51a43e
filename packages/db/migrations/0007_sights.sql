-- Within an organisation, who may see what of which repository.

-- Until GitHub's list said otherwise, a repository counts as private: then each person is asked for.
ALTER TABLE repositories ADD COLUMN private boolean NOT NULL DEFAULT true;
-- So that every installation is compared with GitHub's list soon.
UPDATE installations SET reconciled_at = NULL WHERE state <> 'deleted';

-- What GitHub said whether a member may read a private repository.
CREATE TABLE sights (
  tenant_id text NOT NULL,
  user_id text NOT NULL,
  repository_id text NOT NULL,
  readable boolean NOT NULL,
  -- Past a quarter of an hour it counts no more.
  checked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id, repository_id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, repository_id) REFERENCES repositories (tenant_id, id)
);

-- Null: all repositories of the organisation, also those that come later.
ALTER TABLE api_keys ADD COLUMN repositories text[];

-- Who reads for a person or a program is the app, and confined once more. A role of its own, so that the
-- server's own work does not pay for it, and so that a table's grants and policies are the app's.
DO $$
BEGIN
  BEGIN
    CREATE ROLE aicd_viewer NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
  END;
  IF NOT pg_has_role('aicd_viewer', 'aicd_app', 'MEMBER') THEN
    GRANT aicd_app TO aicd_viewer WITH INHERIT TRUE, SET FALSE;
  END IF;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    GRANT aicd_viewer TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;
  END IF;
END $$;

ALTER TABLE sights ENABLE ROW LEVEL SECURITY;
ALTER TABLE sights FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON sights TO aicd_system, aicd_eraser USING (true) WITH CHECK (true);
CREATE POLICY own ON sights TO aicd_app
  USING (tenant_id = current_setting('app.tenant', true))
  WITH CHECK (tenant_id = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE ON sights TO aicd_system;
GRANT SELECT, DELETE ON sights TO aicd_eraser;
GRANT SELECT, INSERT, UPDATE, DELETE ON sights TO aicd_app;

-- `app.viewer` names the person or the API key that a transaction reads for. Whatever hangs on a repository
-- is there for them only if the repository is; without a viewer there is nothing.
CREATE POLICY sight ON sights AS RESTRICTIVE TO aicd_viewer USING (user_id = current_setting('app.viewer', true));
-- The subqueries name no row of outside, so each is run once for a statement and then looked up.
CREATE POLICY sight ON repositories AS RESTRICTIVE TO aicd_viewer USING (
  (NOT private AND current_setting('app.viewer', true) LIKE 'usr\_%')
  OR id IN (
    SELECT s.repository_id FROM sights s
    WHERE s.tenant_id = current_setting('app.tenant', true) AND s.user_id = current_setting('app.viewer', true)
      AND s.readable AND s.checked_at > now() - interval '15 minutes')
  OR id IN (
    SELECT unnest(k.repositories) FROM api_keys k
    WHERE k.tenant_id = current_setting('app.tenant', true) AND k.id = current_setting('app.viewer', true))
);
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tasks', 'intents', 'review_memory', 'code_indexes'] LOOP
    CONTINUE WHEN to_regclass(name) IS NULL;
    EXECUTE format($policy$CREATE POLICY sight ON %I AS RESTRICTIVE TO aicd_viewer USING (repository_id IN (
      SELECT r.id FROM repositories r WHERE r.tenant_id = current_setting('app.tenant', true)))$policy$, name);
  END LOOP;
  -- Not usage: sums of an organisation stay whole, and their reader folds what a viewer may not know apart.
  FOREACH name IN ARRAY ARRAY['attempts', 'plans', 'change_sets', 'verdicts', 'events', 'comments', 'evidence',
    'checkpoints'] LOOP
    EXECUTE format($policy$CREATE POLICY sight ON %I AS RESTRICTIVE TO aicd_viewer USING (
      (SELECT true FROM tasks t
        WHERE t.tenant_id = current_setting('app.tenant', true) AND t.id = task_id))$policy$, name);
  END LOOP;
END $$;
