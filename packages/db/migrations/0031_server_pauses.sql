-- The operator's pauses of the whole server; the one that has not ended is the present one. None is ever taken out.
CREATE TABLE server_pauses (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  since timestamptz NOT NULL DEFAULT now(),
  -- In the operator's words; '' where there were none.
  why text NOT NULL,
  -- What is at work goes back into the queue too, and no model is called.
  at_once boolean NOT NULL,
  ended_at timestamptz
);
CREATE UNIQUE INDEX server_pauses_present ON server_pauses ((ended_at IS NULL)) WHERE ended_at IS NULL;
ALTER TABLE server_pauses ENABLE ROW LEVEL SECURITY;
ALTER TABLE server_pauses FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON server_pauses TO aicd_system USING (true) WITH CHECK (true);
-- Whoever acts for a tenant may know, and nobody else.
CREATE POLICY known ON server_pauses FOR SELECT TO aicd_app USING (current_setting('app.tenant', true) <> '');
GRANT SELECT, INSERT ON server_pauses TO aicd_system;
GRANT UPDATE (at_once, ended_at) ON server_pauses TO aicd_system;
GRANT SELECT ON server_pauses TO aicd_app;
