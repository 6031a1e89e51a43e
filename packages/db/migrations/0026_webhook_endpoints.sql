-- What a tenant's own systems are told: where, what, and how it went.

CREATE TABLE webhook_endpoints (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  url text NOT NULL,
  description text NOT NULL,
  -- Types of events it gets; none: all, also those that come later.
  types text[] NOT NULL,
  -- Whose tasks it hears of; null: all of the organisation's.
  repositories text[],
  state text NOT NULL CHECK (state IN ('enabled', 'disabled')),
  -- Why it was disabled, in words; null: a person did it.
  disabled_reason text,
  -- Until then events are signed with the secret before this one as well.
  previous_until timestamptz,
  last_delivered_at timestamptz,
  created_by jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

-- How many events each task, or the organisation itself, has had: writing it makes their order that of commits.
CREATE TABLE webhook_subjects (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  last_sequence integer NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

-- One thing that happened, as it is sent: the body is what is signed, byte for byte.
CREATE TABLE webhook_events (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  type text NOT NULL,
  subject text NOT NULL,
  sequence integer NOT NULL,
  -- Null: it is not about a task.
  task_id text,
  body text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);
CREATE INDEX webhook_events_by_time ON webhook_events (created_at);
CREATE INDEX webhook_events_of_task ON webhook_events (tenant_id, task_id);

-- An event on its way to an endpoint. Those of one lane go one after another: of one subject, or one sent again.
CREATE TABLE event_deliveries (
  tenant_id text NOT NULL REFERENCES tenants (id),
  endpoint_id text NOT NULL,
  event_id text NOT NULL,
  lane text NOT NULL,
  sequence integer NOT NULL,
  -- `failed`: given up after three days in which the endpoint took others.
  state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  tries integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  claimed_until timestamptz,
  first_tried_at timestamptz,
  last_tried_at timestamptz,
  delivered_at timestamptz,
  -- What the last try was answered: the status, and the beginning of the text.
  status integer,
  answer text,
  -- Why there was no answer, or why it does not count.
  error text,
  PRIMARY KEY (tenant_id, endpoint_id, event_id),
  FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, event_id) REFERENCES webhook_events (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX event_deliveries_pending ON event_deliveries (tenant_id, endpoint_id, lane, sequence)
  WHERE state = 'pending';
CREATE INDEX event_deliveries_of_event ON event_deliveries (tenant_id, event_id);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'webhook_subjects', 'webhook_events', 'event_deliveries'] LOOP
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
-- A person removes an endpoint, and its log goes with it.
GRANT DELETE ON webhook_endpoints TO aicd_app;
-- What was sent was sent.
REVOKE UPDATE ON webhook_events FROM aicd_system, aicd_app;

CREATE POLICY sight ON webhook_events AS RESTRICTIVE TO aicd_viewer USING (task_id IS NULL OR
  (SELECT true FROM tasks t WHERE t.tenant_id = current_setting('app.tenant', true) AND t.id = task_id));
