import type { Metrics } from "@aicd/ops";
import type { FastifyInstance } from "fastify";

const DOORS: readonly [prefix: string, door: string][] = [
  ["/v1/runner", "runner"],
  ["/v1/models", "models"],
  ["/v1/", "api"],
  ["/auth/", "sign-in"],
];

/** How long answers take, by door. Streams are as long as somebody listens, so they say nothing. */
export function timeAnswers(server: FastifyInstance, { metrics }: { metrics: Metrics }): void {
  server.addHook("onResponse", async (request, reply) => {
    if (/event-stream|ndjson/.test(String(reply.getHeader("content-type") ?? ""))) return;
    const door = DOORS.find(([prefix]) => request.url.startsWith(prefix))?.[1] ?? "pages";
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    metrics.aicd_http_seconds.observe({ door, status }, reply.elapsedTime / 1_000);
  });
}
