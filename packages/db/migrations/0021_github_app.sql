-- Who the App is, as GitHub said it last: a server starts with it while GitHub is away.
CREATE TABLE github_app (
  app_id bigint PRIMARY KEY,
  slug text NOT NULL,
  url text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE github_app ENABLE ROW LEVEL SECURITY;
ALTER TABLE github_app FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON github_app TO aicd_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON github_app TO aicd_system;
