/** The control plane of `bench:api`: the real one as `web`, with the little it asks of GitHub answered. */
import { createLogger, createMetrics, createRedactor, createShutdown } from "@aicd/ops";
import { readConfig } from "../../../control-plane/src/env.ts";
import { start } from "../../../control-plane/src/wire.ts";

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

const githubFetch: typeof fetch = async (input) => {
  const { pathname } = new URL(input instanceof Request ? input.url : String(input));
  if (pathname === "/app") return json({ id: 1, slug: "ai-cd", html_url: "http://edge/apps/ai-cd" });
  if (pathname.endsWith("/access_tokens")) {
    return json({ token: "ghs_bench", expires_at: "2099-01-01T00:00:00Z", permissions: {} }, 201);
  }
  if (pathname.endsWith("/permission")) return json({ permission: "admin" });
  return json({ message: "Not Found" }, 404);
};

const redactor = createRedactor();
const log = createLogger({ redactor, level: "warn" });
const { env, app } = readConfig();
if (app === undefined) throw new Error("the benchmark gives an App");
const shutdown = createShutdown({ logger: log });
const { address } = await start(
  env,
  app,
  { log, metrics: createMetrics(), redactor, shutdown },
  { githubFetch },
);
process.send?.({ address });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage().rss / 2 ** 20 });
});
process.on("disconnect", () => void shutdown.begin("bench over"));
