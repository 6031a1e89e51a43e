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
