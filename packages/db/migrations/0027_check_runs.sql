-- The check run of a task's pull request: which one, on which commit, and what it shows.
ALTER TABLE tasks ADD COLUMN check_run jsonb;
-- One worker at a time writes it.
ALTER TABLE tasks ADD COLUMN check_claimed_until timestamptz;
