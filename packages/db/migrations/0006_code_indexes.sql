-- Which repositories are searchable, at which commit, and what is being done about the others. What is
-- searched lies in the index itself; this is the truth about it.
CREATE TABLE code_indexes (
  tenant_id text NOT NULL,
  repository_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'indexing', 'ready', 'failed', 'dropping')),
  -- Something changed while a worker was at it: once more, from the start.
  again boolean NOT NULL DEFAULT false,
  -- Fences a worker that was taken for lost.
  epoch integer NOT NULL DEFAULT 0,
  lease_until timestamptz,
  tries integer NOT NULL DEFAULT 0,
  requested_at timestamptz NOT NULL DEFAULT now(),
  not_before timestamptz NOT NULL DEFAULT now(),
  -- Why it is not up to date, as a sentence for a person.
  failure text,
  -- What answers now; null until the first time.
  commit_sha text,
  files integer,
  passages integer,
  commits integer,
  bytes bigint,
  took_ms integer,
  indexed_at timestamptz,
  PRIMARY KEY (tenant_id, repository_id),
  FOREIGN KEY (tenant_id, repository_id) REFERENCES repositories (tenant_id, id)
);
CREATE INDEX code_indexes_due ON code_indexes (not_before) WHERE state IN ('queued', 'indexing', 'dropping');

ALTER TABLE code_indexes ENABLE ROW LEVEL SECURITY;
ALTER TABLE code_indexes FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON code_indexes TO aicd_system, aicd_eraser USING (true) WITH CHECK (true);
CREATE POLICY own ON code_indexes TO aicd_app
  USING (tenant_id = current_setting('app.tenant', true))
  WITH CHECK (tenant_id = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON code_indexes TO aicd_system;
GRANT SELECT, DELETE ON code_indexes TO aicd_eraser;
GRANT SELECT, INSERT, UPDATE ON code_indexes TO aicd_app;
