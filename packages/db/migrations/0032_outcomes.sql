-- What became of the tasks of a span of time, and when each got its first pull request: without these the sums
-- read all tasks of a tenant, and of each task every tool call that was told.
CREATE INDEX tasks_by_time ON tasks (tenant_id, created_at);
CREATE INDEX events_of_pull_requests ON events (tenant_id, task_id, at) WHERE type = 'pull_request.opened';
