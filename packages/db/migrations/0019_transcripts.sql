-- The conversation a plan was made in, sealed, for the runner that carries the plan out. One a task, of its latest
-- plan; it goes when the coding is done or the task is over.
CREATE TABLE transcripts (
  tenant_id text NOT NULL,
  task_id text NOT NULL,
  plan_id text NOT NULL,
  -- The data key, wrapped by the master key of that name.
  master_key text NOT NULL,
  wrapped_key bytea NOT NULL,
  -- Nonce, ciphertext, tag; bound to tenant and plan.
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, task_id),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id),
  FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON transcripts TO aicd_app;
GRANT SELECT ON transcripts TO aicd_system;
GRANT SELECT, DELETE ON transcripts TO aicd_eraser;
ALTER TABLE transcripts ENABLE ROW LEVEL SECURITY;
ALTER TABLE transcripts FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON transcripts TO aicd_system, aicd_eraser USING (true) WITH CHECK (true);
CREATE POLICY own ON transcripts TO aicd_app
  USING (tenant_id = current_setting('app.tenant', true))
  WITH CHECK (tenant_id = current_setting('app.tenant', true));
CREATE POLICY sight ON transcripts AS RESTRICTIVE TO aicd_viewer USING (
  (SELECT true FROM tasks t WHERE t.tenant_id = current_setting('app.tenant', true) AND t.id = task_id));
