-- Jobs of GitHub Actions that run on servers of ours: what was asked for, the servers they got, and each started
-- hour that was bought.

-- A server of the cloud and the lease a tenant has on it. It is written before the server is asked for, under a name
-- made of its id, so that nothing can exist that nobody knows of. It never changes its tenant.
CREATE TABLE fleet_servers (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  -- What it must be good for: a label of `runs-on`.
  size text NOT NULL,
  state text NOT NULL CHECK (state IN
    ('creating', 'booting', 'busy', 'idle', 'rebuilding', 'quarantined', 'deleting', 'gone')),
  server_type text NOT NULL,
  location text NOT NULL,
  micro_eur_per_hour integer NOT NULL CHECK (micro_eur_per_hour >= 0),
  -- The cloud's id, once it has answered.
  cloud_id bigint,
  -- When its first paid hour began, by the cloud.
  bought_from timestamptz,
  -- Disks it has had: each has a runner of its own at GitHub, which takes one job.
  boots integer NOT NULL DEFAULT 0,
  runner_id bigint,
  -- Why it is in quarantine, or on its way out.
  reason text,
  created_at timestamptz NOT NULL,
  state_at timestamptz NOT NULL,
  -- One process at a time does with it what takes time.
  claimed_until timestamptz,
  -- When the cloud was last asked to delete it.
  asked_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX fleet_servers_living ON fleet_servers (state_at) WHERE state <> 'gone';
CREATE INDEX fleet_servers_by_id ON fleet_servers (id);

CREATE TABLE fleet_jobs (
  tenant_id text NOT NULL REFERENCES tenants (id),
  -- GitHub's id of the job.
  github_id bigint NOT NULL,
  run_id bigint NOT NULL,
  repository_id text NOT NULL,
  size text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'refused')),
  -- The server that was made for it, and then the one that took it. Of the same tenant, or it is refused here.
  server_id text,
  -- Why it waits, or was refused, in words.
  detail text,
  queued_at timestamptz NOT NULL,
  -- Not before then is a server looked for again.
  retry_at timestamptz,
  -- GitHub was last asked how it stands.
  looked_at timestamptz,
  started_at timestamptz,
  done_at timestamptz,
  PRIMARY KEY (tenant_id, github_id),
  FOREIGN KEY (tenant_id, repository_id) REFERENCES repositories (tenant_id, id),
  FOREIGN KEY (tenant_id, server_id) REFERENCES fleet_servers (tenant_id, id)
);
CREATE INDEX fleet_jobs_open ON fleet_jobs (queued_at) WHERE state IN ('queued', 'running');
CREATE INDEX fleet_jobs_of_server ON fleet_jobs (tenant_id, server_id);

-- The ledger: one row for each started hour of a server, in millionths of a euro, without VAT.
CREATE TABLE fleet_hours (
  tenant_id text NOT NULL REFERENCES tenants (id),
  server_id text NOT NULL,
  hour integer NOT NULL CHECK (hour > 0),
  started_at timestamptz NOT NULL,
  server_type text NOT NULL,
  location text NOT NULL,
  micro_eur integer NOT NULL CHECK (micro_eur >= 0),
  PRIMARY KEY (tenant_id, server_id, hour),
  FOREIGN KEY (tenant_id, server_id) REFERENCES fleet_servers (tenant_id, id)
);
CREATE INDEX fleet_hours_by_time ON fleet_hours (started_at);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['fleet_servers', 'fleet_jobs', 'fleet_hours'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY everything ON %I TO aicd_system, aicd_eraser USING (true) WITH CHECK (true)', name);
    EXECUTE format($policy$CREATE POLICY own ON %I TO aicd_app
      USING (tenant_id = current_setting('app.tenant', true))
      WITH CHECK (tenant_id = current_setting('app.tenant', true))$policy$, name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO aicd_system, aicd_app', name);
    EXECUTE format('GRANT SELECT, DELETE ON %I TO aicd_eraser', name);
  END LOOP;
END $$;
-- What was bought was bought.
REVOKE UPDATE ON fleet_hours FROM aicd_system, aicd_app;

CREATE POLICY sight ON fleet_jobs AS RESTRICTIVE TO aicd_viewer USING (
  (SELECT true FROM repositories r WHERE r.tenant_id = current_setting('app.tenant', true) AND r.id = repository_id));
