import type { AppCredentials, Env } from "./env.ts";
import type { Edges } from "./wire/deps.ts";
import { createGauges } from "./wire/probes/gauges.ts";
import { openStores } from "./wire/stores.ts";
import type { Tools } from "./wire/tools.ts";

/** Builds every client, starts the roles this process has, and registers how to stop them. */
export async function start(
  env: Env,
  app: AppCredentials,
  tools: Tools,
  edges: Edges = {},
): Promise<{ address: string | undefined }> {
  const opening = openStores(env, tools);
  opening.catch(() => undefined); // heard below
  // Postgres comes up while the rest of the program is read, which takes as long.
  const [{ openQueue }, { createDeps }, { startWork }, { listen }] = await Promise.all([
    import("./wire/queue.ts"),
    import("./wire/deps.ts"),
    import("./wire/worker.ts"),
    import("./wire/web.ts"),
  ]);
  const stores = await opening;
  const owed = await openQueue(env, tools, stores);
  const { deps, appUrl } = await createDeps({ env, app, tools, edges, stores, poke: owed.poke });
  if (env.AICD_ROLE !== "web") await startWork({ env, app, tools, deps, queue: owed.queue });
  const refresh = createGauges({ ...tools, db: stores.db, pools: stores.pools });
  if (env.AICD_ROLE === "worker") {
    const { PROBE_PORT: port, HOST: host, METRICS_TOKEN: metricsToken } = env;
    const probed = { ...stores, ...owed, ...tools, role: "worker" as const, refresh, metricsToken };
    if (port !== undefined) {
      const { listenForProbes } = await import("./wire/probes/probe.ts");
      await listenForProbes(probed, { port, host, tools });
    }
    return { address: undefined };
  }
  return { address: await listen({ env, app, tools, deps, appUrl, refresh, ...owed }) };
}
