type Unit = "short" | "s" | "bytes" | "percentunit" | "currencyUSD" | "ops";
/** `queries`: what is drawn, and how a line is called. */
type Panel = { title: string; unit: Unit; queries: readonly (readonly [query: string, legend: string])[] };
type Dashboard = { name: string; title: string; panels: readonly Panel[] };

const quantile = (q: number, metric: string, by: string) =>
  `histogram_quantile(${q}, sum by (le, ${by}) (rate(${metric}_bucket[5m])))`;
const perSecond = (metric: string, by: string) => `sum by (${by}) (rate(${metric}[5m]))`;
// Every process that asks the database says the same, so one of them is believed.
const one = (metric: string, by = "") => `max${by === "" ? "" : ` by (${by}) `}(${metric})`;

/** What an operator looks at, from the whole to the parts. */
export const DASHBOARDS: readonly Dashboard[] = [
  {
    name: "overview",
    title: "Overview",
    panels: [
      { title: "Tasks by state", unit: "short", queries: [[one("aicd_tasks", "state"), "{{state}}"]] },
      {
        title: "Longest without a move",
        unit: "s",
        queries: [[one("aicd_task_oldest_seconds", "state"), "{{state}}"]],
      },
      { title: "Owed jobs", unit: "short", queries: [[one("aicd_jobs_owed", "job"), "{{job}}"]] },
      { title: "Paused", unit: "short", queries: [[one("aicd_paused"), "paused"]] },
      { title: "Given up", unit: "short", queries: [[one("aicd_jobs_dead", "job"), "{{job}}"]] },
      {
        title: "Webhooks",
        unit: "ops",
        queries: [[perSecond("aicd_webhooks_total", "status"), "{{status}}"]],
      },
      {
        title: "Spent per hour",
        unit: "currencyUSD",
        queries: [["sum by (vendor) (increase(aicd_model_micro_usd_total[1h])) / 1e6", "{{vendor}}"]],
      },
      {
        title: "GitHub's answers",
        unit: "ops",
        queries: [[perSecond("aicd_github_requests_total", "status"), "{{status}}"]],
      },
      {
        title: "Left of GitHub's hour",
        unit: "short",
        queries: [["min by (resource) (aicd_github_remaining)", "{{resource}}"]],
      },
    ],
  },
  {
    name: "tasks",
    title: "Task flow",
    panels: [
      { title: "Attempts by state", unit: "short", queries: [[one("aicd_attempts", "state"), "{{state}}"]] },
      {
        title: "Ended within the hour",
        unit: "short",
        queries: [[one("aicd_attempts_ended", "state, reason"), "{{state}} {{reason}}"]],
      },
      { title: "Leases overdue", unit: "short", queries: [[one("aicd_leases_overdue"), "overdue"]] },
      {
        title: "Jobs, p95",
        unit: "s",
        queries: [[quantile(0.95, "aicd_outbox_job_seconds", "job"), "{{job}}"]],
      },
      {
        title: "From due to begun, p95",
        unit: "s",
        queries: [[quantile(0.95, "aicd_outbox_wait_seconds", "job"), "{{job}}"]],
      },
      {
        title: "Jobs by outcome",
        unit: "ops",
        queries: [[perSecond("aicd_outbox_jobs_total", "outcome"), "{{outcome}}"]],
      },
      { title: "Code indexes", unit: "short", queries: [[one("aicd_indexes", "state"), "{{state}}"]] },
      { title: "Oldest asked-for index", unit: "s", queries: [[one("aicd_index_oldest_seconds"), "waits"]] },
    ],
  },
  {
    name: "gateway",
    title: "Models and money",
    panels: [
      {
        title: "Calls",
        unit: "ops",
        queries: [[perSecond("aicd_model_calls_total", "vendor, outcome"), "{{vendor}} {{outcome}}"]],
      },
      {
        title: "First byte, p50 and p99",
        unit: "s",
        queries: [
          [quantile(0.5, "aicd_model_first_byte_seconds", "vendor"), "{{vendor}} p50"],
          [quantile(0.99, "aicd_model_first_byte_seconds", "vendor"), "{{vendor}} p99"],
        ],
      },
      {
        title: "Tokens",
        unit: "ops",
        queries: [[perSecond("aicd_model_tokens_total", "kind"), "{{kind}}"]],
      },
      {
        title: "Read from a cache",
        unit: "percentunit",
        queries: [
          [
            'sum by (vendor) (rate(aicd_model_tokens_total{kind="cacheRead"}[1h])) / sum by (vendor) (rate(aicd_model_tokens_total{kind!="output"}[1h]))',
            "{{vendor}}",
          ],
        ],
      },
      {
        title: "Spent per hour by model",
        unit: "currencyUSD",
        queries: [["sum by (model) (increase(aicd_model_micro_usd_total[1h])) / 1e6", "{{model}}"]],
      },
      {
        title: "Held for calls under way",
        unit: "currencyUSD",
        queries: [["max(aicd_money_held_micro_usd) / 1e6", "held"]],
      },
    ],
  },
  {
    name: "processes",
    title: "Processes and database",
    panels: [
      {
        title: "Answers, p99",
        unit: "s",
        queries: [[quantile(0.99, "aicd_http_seconds", "door"), "{{door}}"]],
      },
      {
        title: "Answers by class",
        unit: "ops",
        queries: [[perSecond("aicd_http_seconds_count", "status"), "{{status}}"]],
      },
      {
        title: "Event loop, p99",
        unit: "s",
        queries: [["nodejs_eventloop_lag_p99_seconds", "{{instance}}"]],
      },
      { title: "Memory", unit: "bytes", queries: [["process_resident_memory_bytes", "{{instance}}"]] },
      {
        title: "Waiting for a connection",
        unit: "short",
        queries: [['aicd_pool{state="waited_for"}', "{{instance}} {{pool}}"]],
      },
      {
        title: "Connections to Postgres",
        unit: "short",
        queries: [[one("aicd_database_connections", "state"), "{{state}}"]],
      },
      { title: "Size of the database", unit: "bytes", queries: [[one("aicd_database_bytes"), "bytes"]] },
      {
        title: "Rounds that failed",
        unit: "ops",
        queries: [[perSecond("aicd_round_failures_total", "round"), "{{round}}"]],
      },
    ],
  },
];

const COLUMNS = 2;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;

/** As Grafana's dashboard model of schema version 39 has it. */
export function dashboardOf({ name, title, panels }: Dashboard): unknown {
  return {
    uid: `aicd-${name}`,
    title: `AI-CD · ${title}`,
    tags: ["aicd"],
    schemaVersion: 39,
    editable: false,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    panels: panels.map((panel, index) => ({
      id: index + 1,
      type: "timeseries",
      title: panel.title,
      datasource: { type: "prometheus", uid: "prometheus" },
      gridPos: {
        h: HEIGHT,
        w: WIDTH,
        x: (index % COLUMNS) * WIDTH,
        y: Math.floor(index / COLUMNS) * HEIGHT,
      },
      fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
      targets: panel.queries.map(([expr, legendFormat], query) => ({
        refId: String.fromCharCode("A".charCodeAt(0) + query),
        datasource: { type: "prometheus", uid: "prometheus" },
        expr,
        legendFormat,
      })),
    })),
  };
}
