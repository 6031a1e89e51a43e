-- From when on edits no longer reach the task of an approved plan: the first runner was started for it. Until then,
-- and again after a person asked for a retry, an edit of what the plan was made from makes its approval void.
ALTER TABLE plans ADD COLUMN frozen_at timestamptz;
-- What was edited since, as it is shown.
ALTER TABLE plans ADD COLUMN edits jsonb NOT NULL DEFAULT '[]';
