import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

interface MetricDefinition {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

const FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SLOW = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Every metric of the product. Labels take few values; tenants and ids are never labels. Seconds, bytes. */
export const METRICS = {
  aicd_webhooks_total: { kind: "counter", help: "Webhook requests by answer", labels: ["status"] },
  aicd_webhook_batch_deliveries: {
    kind: "histogram",
    help: "Deliveries committed in one transaction",
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
  },
  aicd_webhook_commit_seconds: {
    kind: "histogram",
    help: "Time to make one batch of deliveries durable",
    labels: [],
    buckets: FAST,
  },
  aicd_outbox_sent_total: { kind: "counter", help: "Owed jobs handed to the queue", labels: ["reason"] },
  aicd_outbox_jobs_total: {
    kind: "counter",
    help: "Runs of job handlers by outcome",
    labels: ["job", "outcome"],
  },
  aicd_outbox_job_seconds: {
    kind: "histogram",
    help: "Duration of job handlers",
    labels: ["job"],
    buckets: SLOW,
  },
  aicd_outbox_wait_seconds: {
    kind: "histogram",
    help: "From due to claimed by a worker",
    labels: ["job"],
    buckets: SLOW,
  },
  aicd_outbox_running: { kind: "gauge", help: "Job handlers running now", labels: [] },
  aicd_index_seconds: {
    kind: "histogram",
    help: "Reading and indexing one repository, by outcome",
    labels: ["outcome"],
    buckets: SLOW,
  },
  aicd_tasks: { kind: "gauge", help: "Tasks that are not over, by state", labels: ["state"] },
  aicd_task_oldest_seconds: {
    kind: "gauge",
    help: "How long the task that has not moved for longest is in this state",
    labels: ["state"],
  },
  aicd_attempts: { kind: "gauge", help: "Attempts that are not over, by state", labels: ["state"] },
  aicd_leases_overdue: {
    kind: "gauge",
    help: "Leases that ended without a word of their runner",
    labels: [],
  },
  aicd_attempts_ended: {
    kind: "gauge",
    help: "Attempts that ended within the last hour, by state and reason",
    labels: ["state", "reason"],
  },
  aicd_jobs_owed: { kind: "gauge", help: "Owed jobs that are due, by job", labels: ["job"] },
  aicd_jobs_oldest_seconds: { kind: "gauge", help: "How long the oldest of them is due", labels: ["job"] },
  aicd_jobs_dead: { kind: "gauge", help: "Jobs that were given up, by job", labels: ["job"] },
  aicd_webhooks_waiting: { kind: "gauge", help: "Webhooks that are stored and not read yet", labels: [] },
  aicd_indexes: { kind: "gauge", help: "Code indexes by state", labels: ["state"] },
  aicd_index_oldest_seconds: {
    kind: "gauge",
    help: "How long the oldest asked-for index waits",
    labels: [],
  },
  aicd_money_held_micro_usd: { kind: "gauge", help: "Held for model calls under way", labels: [] },
  aicd_calls_held: { kind: "gauge", help: "Model calls that money is held for", labels: [] },
  aicd_paused: { kind: "gauge", help: "1 while the operator has paused the server", labels: [] },
  aicd_installations: { kind: "gauge", help: "Installations of the App by state", labels: ["state"] },
  aicd_database_bytes: { kind: "gauge", help: "Size of the database", labels: [] },
  aicd_database_connections: { kind: "gauge", help: "Connections to Postgres by state", labels: ["state"] },
  aicd_pool: { kind: "gauge", help: "Connections of this process's pools", labels: ["pool", "state"] },
  aicd_model_calls_total: {
    kind: "counter",
    help: "Calls that went through the gateway, by vendor and how they ended",
    labels: ["vendor", "outcome"],
  },
  aicd_model_first_byte_seconds: {
    kind: "histogram",
    help: "From a call let through to the vendor's first byte",
    labels: ["vendor"],
    buckets: SLOW,
  },
  aicd_model_tokens_total: {
    kind: "counter",
    help: "Tokens that vendors counted",
    labels: ["vendor", "model", "kind"],
  },
  aicd_model_micro_usd_total: {
    kind: "counter",
    help: "What model calls came to",
    labels: ["vendor", "model"],
  },
  aicd_github_requests_total: {
    kind: "counter",
    help: "Answers of GitHub's API by class of status",
    labels: ["status"],
  },
  aicd_github_remaining: {
    kind: "gauge",
    help: "The least that any token of the last minutes had left of its hour, by resource",
    labels: ["resource"],
  },
  aicd_http_seconds: {
    kind: "histogram",
    help: "Answers of the HTTP server by door and class of status; streams are not among them",
    labels: ["door", "status"],
    buckets: FAST,
  },
  aicd_round_failures_total: { kind: "counter", help: "Rounds that failed, by name", labels: ["round"] },
  aicd_queue_errors_total: { kind: "counter", help: "Failures of the queue's connection", labels: [] },
} as const satisfies Record<string, MetricDefinition>;

type Table = typeof METRICS;
type Built<D extends MetricDefinition> = D["kind"] extends "counter"
  ? Counter<D["labels"][number]>
  : D["kind"] extends "gauge"
    ? Gauge<D["labels"][number]>
    : Histogram<D["labels"][number]>;

export type Metrics = { readonly [Name in keyof Table]: Built<Table[Name]> } & {
  /** For GET /metrics: `registry.contentType`, `await registry.metrics()`. */
  readonly registry: Registry;
};

/** One registry with every metric of the table, and Node's own (event loop lag, memory). */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const built: Record<string, unknown> = { registry };
  for (const [name, definition] of Object.entries<MetricDefinition>(METRICS)) {
    built[name] = build(name, definition, registry);
  }
  return built as Metrics;
}

function build(name: string, definition: MetricDefinition, registry: Registry): unknown {
  const common = { name, help: definition.help, labelNames: [...definition.labels], registers: [registry] };
  if (definition.kind === "counter") return new Counter(common);
  if (definition.kind === "gauge") return new Gauge(common);
  return new Histogram({ ...common, ...(definition.buckets ? { buckets: [...definition.buckets] } : {}) });
}
