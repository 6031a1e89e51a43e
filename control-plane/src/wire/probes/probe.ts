import fastify from "fastify";
import { healthRoutes } from "../../http/health.ts";
import { HTTP_OPTIONS } from "../../http/options.ts";
import { problemHandler } from "../../http/problems/problem-handler.ts";
import type { Tools } from "../tools.ts";
import { portOf, whileStarting } from "../trouble.ts";

/** A worker's only door: `/healthz`, `/readyz` and `/metrics` at `PROBE_PORT`, for whoever looks after it. */
export async function listenForProbes(
  deps: Parameters<typeof healthRoutes>[0],
  { port, host, tools }: { port: number; host: string; tools: Tools },
): Promise<void> {
  const server = fastify(HTTP_OPTIONS);
  server.setErrorHandler(problemHandler(tools.log, () => false));
  server.register(healthRoutes(deps));
  tools.shutdown.add("probes", () => server.close());
  await whileStarting(portOf({ HOST: host, PORT: port }), () => server.listen({ port, host }));
}
