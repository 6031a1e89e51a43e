-- What was done under the roles that look across tenants: every statement's text, how often, and how many
-- rows it returned or changed. Texts carry placeholders, never values.
CREATE TABLE system_audit (
  hour timestamptz NOT NULL,
  -- The process's kind and pool, as Postgres shows it for its connections.
  actor text NOT NULL,
  statement_hash bytea NOT NULL,
  statement text NOT NULL,
  calls bigint NOT NULL,
  rows bigint NOT NULL,
  until timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (hour, actor, statement_hash)
);
ALTER TABLE system_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE system_audit FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON system_audit TO aicd_system, aicd_eraser USING (true) WITH CHECK (true);
-- The counts of an hour grow; what was done, by whom and when it was begun, nobody changes.
GRANT SELECT, INSERT ON system_audit TO aicd_system;
GRANT UPDATE (calls, rows, until) ON system_audit TO aicd_system;
GRANT SELECT, DELETE ON system_audit TO aicd_eraser;
