-- Money is reserved before a model call and settled after it. What is held of a task and of a tenant's month stands
-- beside what is spent of them, so that one statement sees all and lets a call in or not.

ALTER TABLE tasks ADD COLUMN held_micro_usd bigint NOT NULL DEFAULT 0 CHECK (held_micro_usd >= 0);

-- A call whose server died is booked as what was held for it, until the true count comes, if it does.
ALTER TABLE usage ADD COLUMN estimated boolean NOT NULL DEFAULT false;

CREATE TABLE spend_months (
  tenant_id text NOT NULL REFERENCES tenants (id),
  -- The first of it, UTC.
  month date NOT NULL,
  -- What the usage rows of the month sum up to.
  spent_micro_usd bigint NOT NULL DEFAULT 0,
  held_micro_usd bigint NOT NULL DEFAULT 0 CHECK (held_micro_usd >= 0),
  PRIMARY KEY (tenant_id, month)
);

-- A model call under way. The row goes when its money is settled or given back.
CREATE TABLE reservations (
  tenant_id text NOT NULL,
  -- Becomes the id of the usage row.
  id text NOT NULL,
  task_id text NOT NULL,
  attempt_id text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  month date NOT NULL,
  held_micro_usd bigint NOT NULL CHECK (held_micro_usd >= 0),
  -- What was held for: the bounds of the call, and the price of the time.
  tokens jsonb NOT NULL,
  price jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The server that makes the call says again and again that it is at it.
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id)
);
CREATE INDEX reservations_seen ON reservations (seen_at);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['spend_months', 'reservations'] LOOP
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
GRANT DELETE ON reservations TO aicd_app;
-- An estimate is put right by the count that comes late; nothing else of a usage row ever changes.
GRANT UPDATE (model, tokens, price, micro_usd, estimated) ON usage TO aicd_app;

CREATE POLICY sight ON reservations AS RESTRICTIVE TO aicd_viewer USING (
  (SELECT true FROM tasks t WHERE t.tenant_id = current_setting('app.tenant', true) AND t.id = task_id));

-- The month's sum follows the rows, whichever release writes them. Once a statement: a row that one transaction
-- changes a million times is read a million times.
CREATE FUNCTION add_to_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO spend_months (tenant_id, month, spent_micro_usd)
  SELECT tenant_id, date_trunc('month', created_at AT TIME ZONE 'UTC')::date, sum(micro_usd)
  FROM fresh GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (tenant_id, month)
  DO UPDATE SET spent_micro_usd = spend_months.spent_micro_usd + excluded.spent_micro_usd;
  RETURN NULL;
END $$;
CREATE TRIGGER add_to_months AFTER INSERT ON usage
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION add_to_months();

CREATE FUNCTION correct_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO spend_months (tenant_id, month, spent_micro_usd)
  SELECT tenant_id, date_trunc('month', created_at AT TIME ZONE 'UTC')::date, sum(difference)
  FROM (
    SELECT tenant_id, created_at, micro_usd AS difference FROM fresh
    UNION ALL SELECT tenant_id, created_at, -micro_usd FROM stale
  ) changed
  GROUP BY 1, 2 HAVING sum(difference) <> 0 ORDER BY 1, 2
  ON CONFLICT (tenant_id, month)
  DO UPDATE SET spent_micro_usd = spend_months.spent_micro_usd + excluded.spent_micro_usd;
  RETURN NULL;
END $$;
CREATE TRIGGER correct_months AFTER UPDATE ON usage
  REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION correct_months();

-- What was spent so far; the triggers count from here. Nothing is written to usage until this is committed.
LOCK TABLE usage IN SHARE ROW EXCLUSIVE MODE;
SET LOCAL ROLE aicd_system;
INSERT INTO spend_months (tenant_id, month, spent_micro_usd)
SELECT tenant_id, date_trunc('month', created_at AT TIME ZONE 'UTC')::date, sum(micro_usd)
FROM usage GROUP BY 1, 2;
RESET ROLE;
