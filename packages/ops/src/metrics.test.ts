import { expect, test } from "vitest";
import { createMetrics, METRICS } from "./metrics.ts";

test("every metric of the table is exposed, with Node's own", async () => {
  const metrics = createMetrics();
  metrics.aicd_outbox_jobs_total.inc({ job: "start-attempt", outcome: "done" });

  const text = await metrics.registry.metrics();

  for (const name of Object.keys(METRICS)) expect(text).toContain(`# TYPE ${name} `);
  expect(text).toContain('aicd_outbox_jobs_total{job="start-attempt",outcome="done"} 1');
  expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
});

test("two sets do not share their counts", async () => {
  const one = createMetrics();
  const two = createMetrics();
  one.aicd_queue_errors_total.inc();

  expect((await two.aicd_queue_errors_total.get()).values[0]?.value).toBe(0);
});
