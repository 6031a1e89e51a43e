-- What the public API lists and sums: each list walks an index of its own, newest first.

CREATE INDEX tasks_by_state ON tasks (tenant_id, state, id DESC);
CREATE INDEX tasks_by_repository ON tasks (tenant_id, repository_id, id DESC);
CREATE INDEX tasks_by_author ON tasks (tenant_id, lower(requested_by ->> 'login'), id DESC);
CREATE INDEX attempts_live_of_tenant ON attempts (tenant_id, id DESC)
  WHERE state IN ('pending', 'dispatched', 'leased');
-- Sums of a span of days read the index alone.
CREATE INDEX usage_by_time ON usage (tenant_id, created_at) INCLUDE (micro_usd, task_id, provider, model);
