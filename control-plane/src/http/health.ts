import { AicdError } from "@aicd/core";
import type { Metrics, Secret } from "@aicd/ops";
import type { NudgeQueue } from "@aicd/queue";
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { sameText } from "../identity/tokens.ts";

/** Owed jobs older than this mean that the workers do not keep up. */
const LAG_S = 30;
/** Whoever asks within it is told what the one before was: a stranger's questions cost the database nothing more. */
const PROBE_MS = 1_000;

type Probed = {
  pool: Pool;
  queue: NudgeQueue;
  metrics: Metrics;
  /** What this process does. Each part has its own reason to be passed over. */
  role: "all" | "web" | "worker";
  /** Brings gauges up to date before they are read. */
  refresh?: (() => Promise<void>) | undefined;
  /** What `/metrics` asks for; undefined: it is shown on this machine only. */
  metricsToken?: Secret | undefined;
};

/** `/healthz`: the process lives. `/readyz`: it can do its work. `/metrics`: for Prometheus. */
export function healthRoutes(deps: Probed) {
  return async function routes(server: FastifyInstance): Promise<void> {
    server.get("/healthz", async () => ({ status: "ok" }));

    const ask = sharedFor(PROBE_MS, () => probe(deps));
    server.get("/readyz", async (_request, reply) => {
      const { problems, warnings } = await ask();
      reply.code(problems.length === 0 ? 200 : 503);
      return reply.send({ ready: problems.length === 0, problems, warnings });
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
      await deps.refresh?.();
      reply.header("content-type", deps.metrics.registry.contentType);
      return deps.metrics.registry.metrics();
    });
  };
}

/**
 * A door that can write takes webhooks and requests, whatever becomes of them: they are owed, not lost. So the queue
 * and the workers' lag are warnings there, and a worker's own trouble takes no door out of a load balancer.
 */
async function probe(deps: Probed): Promise<{ problems: string[]; warnings: string[] }> {
  const problems: string[] = [];
  const warnings: string[] = [];
  try {
    // One that is full or only reads answers every question well, so something is written, and nothing changed.
    await deps.pool.query("UPDATE server_key SET name = name");
    const { rows } = await deps.pool.query<{ lag: number | null }>(
      "SELECT extract(epoch FROM now() - min(due_at))::float AS lag FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL",
    );
    const lag = rows[0]?.lag ?? 0;
    if (lag > LAG_S) warnings.push(`owed jobs wait for ${Math.round(lag)} s`);
  } catch {
    // Any failure here means the same to whoever asks.
    problems.push("the database cannot be written");
  }
  const queue = await deps.queue.health();
  if (queue.kind === "away") {
    (deps.role === "web" ? warnings : problems).push("the queue does not answer");
  }
  return { problems, warnings };
}

/** Work that is done once for all who ask while it runs, and for a while after. It must not fail. */
function sharedFor<T>(ms: number, work: () => Promise<T>): () => Promise<T> {
  let last: { begun: number; result: Promise<T> } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.begun > ms) {
      last = { begun: performance.now(), result: work() };
    }
    return last.result;
  };
}

function isLoopback(ip: string): boolean {
  return ip === "::1" || /^(?:::ffff:)?127\./.test(ip);
}
