-- What reached us, and what we owe.

-- Bodies of the deliveries that were committed together, compressed as one: webhook bodies are alike.
create table webhook_batches (
  id bigint generated always as identity primary key,
  -- zstd
  body bytea not null,
  -- of the unpacked body
  bytes int not null,
  created_at timestamptz not null default now()
);
-- Already compressed: Postgres must not try again.
alter table webhook_batches alter column body set storage external;

-- One row per X-GitHub-Delivery. GitHub keeps the GUID when it sends a delivery again.
create table webhook_deliveries (
  id uuid primary key,
  event text not null,
  batch_id bigint not null,
  -- where the raw body lies in the unpacked batch, in bytes
  body_start int not null,
  body_length int not null,
  received_at timestamptz not null default now(),
  processed_at timestamptz
);
-- Batches only grow, so rows lie in their order: a block range index costs the insert next to nothing.
create index webhook_deliveries_batch on webhook_deliveries using brin (batch_id)
  with (pages_per_range = 16, autosummarize = on);

-- A row is an owed job. It is deleted when its handler has finished.
create table outbox (
  id bigint generated always as identity primary key,
  job text not null,
  payload jsonb not null,
  -- '' when it is nobody's in particular
  tenant_id text not null default '',
  created_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  -- handed to the queue
  sent_at timestamptz,
  -- a worker has it until then; renewed while the handler runs
  claimed_until timestamptz,
  tries int not null default 0,
  -- given up: kept for a person to look at
  dead_at timestamptz,
  error text
) with (
  fillfactor = 70,
  -- The table turns over all the time: clean it by the thousand rows, not by its share.
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 20000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);
-- By tenant first: the relay takes turns between tenants, however long the queue of one of them is.
create index outbox_unsent on outbox (tenant_id, due_at, id) where sent_at is null and dead_at is null;
create index outbox_sent on outbox (sent_at) where sent_at is not null and dead_at is null;
create index outbox_dead on outbox (dead_at) where dead_at is not null;
