/**
 * Whether the process in this container works: 0 or 1. A web process answers `/readyz`, which also looks at Postgres
 * and the queue. A worker has no door; it is well while it lives, and its lag is an alert's matter.
 */
const { AICD_ROLE = "all", PORT = "3000" } = process.env;
if (AICD_ROLE !== "worker") {
  try {
    const answer = await fetch(`http://127.0.0.1:${PORT}/readyz`, { signal: AbortSignal.timeout(3_000) });
    process.stdout.write(`${await answer.text()}\n`);
    process.exitCode = answer.ok ? 0 : 1;
  } catch (error) {
    process.stdout.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
