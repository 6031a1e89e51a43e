-- A name that says what it holds: whether a member may read a private repository.
ALTER TABLE sights RENAME TO repository_access;
ALTER TABLE repository_access RENAME CONSTRAINT sights_pkey TO repository_access_pkey;

-- For servers of the release before, which go on while this one starts. It asks as who asks it.
CREATE VIEW sights WITH (security_invoker = true) AS SELECT * FROM repository_access;
GRANT SELECT, INSERT, UPDATE ON sights TO aicd_system;
GRANT SELECT, DELETE ON sights TO aicd_eraser;
GRANT SELECT, INSERT, UPDATE, DELETE ON sights TO aicd_app;
