-- Whose turn it is to write to GitHub, for all processes together: one row an installation, never more than a
-- moment's work. A job that would wait long for its turn is given one and goes back to the outbox until then.
CREATE TABLE write_turns (
  installation_id bigint PRIMARY KEY,
  next_at timestamptz NOT NULL DEFAULT now(),
  paused_until timestamptz,
  window_at timestamptz NOT NULL DEFAULT now(),
  window_count int NOT NULL DEFAULT 0
);
GRANT SELECT, INSERT, UPDATE ON write_turns TO aicd_system;
GRANT SELECT, DELETE ON write_turns TO aicd_eraser;
ALTER TABLE outbox ADD COLUMN has_turn boolean NOT NULL DEFAULT false;
ALTER TABLE write_turns ENABLE ROW LEVEL SECURITY;
ALTER TABLE write_turns FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON write_turns TO aicd_system, aicd_eraser USING (true) WITH CHECK (true);
