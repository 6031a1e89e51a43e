-- What is measured all the time is counted from an index of what is open, however much lies behind it.
CREATE INDEX tasks_open ON tasks (state, state_at) WHERE state NOT IN ('MERGED', 'CLOSED', 'CANCELLED', 'FAILED');
CREATE INDEX attempts_open ON attempts (state, lease_until) WHERE ended_at IS NULL;
CREATE INDEX attempts_ended ON attempts (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (received_at) WHERE processed_at IS NULL;
