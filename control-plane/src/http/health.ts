import { AicdError } from "@aicd/core";
import type { Metrics, Secret } from "@aicd/ops";
import type { NudgeQueue } from "@aicd/queue";
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { sameText } from "../identity/tokens.ts";

/** Owed jobs older than this mean that the workers do not keep up. */
const LAG_S = 30;

/** `/healthz`: the process lives. `/readyz`: it can do its work. `/metrics`: for Prometheus. */
export function healthRoutes(deps: {
  pool: Pool;
  queue: NudgeQueue;
  metrics: Metrics;
  /** What `/metrics` asks for; undefined: it is shown on this machine only. */
  metricsToken?: Secret | undefined;
}) {
  return async function routes(server: FastifyInstance): Promise<void> {
    server.get("/healthz", async () => ({ status: "ok" }));

    server.get("/readyz", async (_request, reply) => {
      const problems: string[] = [];
      try {
        const { rows } = await deps.pool.query<{ lag: number | null }>(
          "SELECT extract(epoch FROM now() - min(due_at))::float AS lag FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL",
        );
        const lag = rows[0]?.lag ?? 0;
        if (lag > LAG_S) problems.push(`owed jobs wait for ${Math.round(lag)} s`);
      } catch {
        // Any failure here means the same to whoever asks.
        problems.push("the database does not answer");
      }
      const queue = await deps.queue.health();
      if (queue.kind === "away") problems.push("the queue does not answer");
      return reply.code(problems.length === 0 ? 200 : 503).send({ ready: problems.length === 0, problems });
    });

    server.get("/metrics", async (request, reply) => {
      const { metricsToken } = deps;
      const given = request.headers.authorization ?? "";
      // Closed unless opened: a scraper on this machine needs no token, and through a proxy everybody is on it.
      const isHere = isLoopback(request.ip) && request.headers["x-forwarded-for"] === undefined;
      if (metricsToken === undefined && !isHere) {
        throw new AicdError(
          "missing",
          "Metrics are shown on this machine only. Set METRICS_TOKEN to open them.",
        );
      }
      if (metricsToken !== undefined && !sameText(given, `Bearer ${metricsToken.reveal()}`)) {
        reply.header("www-authenticate", 'Bearer realm="metrics"');
        throw new AicdError("unauthenticated", "Send the METRICS_TOKEN as `authorization: Bearer …`.");
      }
      reply.header("content-type", deps.metrics.registry.contentType);
      return deps.metrics.registry.metrics();
    });
  };
}

function isLoopback(ip: string): boolean {
  return ip === "::1" || /^(?:::ffff:)?127\./.test(ip);
}
