-- Which master key the servers of this database have: one that has another could read nothing they wrote.
CREATE TABLE server_key (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  name text NOT NULL,
  since timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE server_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE server_key FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON server_key TO aicd_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON server_key TO aicd_system;
