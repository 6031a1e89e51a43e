-- When GitHub was last asked how an open pull request of a task stands, lest the end of it was missed.
ALTER TABLE tasks ADD COLUMN pull_request_asked_at timestamptz;
CREATE INDEX tasks_open_pull_requests ON tasks (coalesce(pull_request_asked_at, state_at)) WHERE state = 'PR_OPEN';
