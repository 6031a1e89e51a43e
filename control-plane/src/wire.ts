import type { AppCredentials, Env } from "./env.ts";
import { createDeps, type Edges } from "./wire/deps.ts";
import { openQueue } from "./wire/queue.ts";
import { openStores } from "./wire/stores.ts";
import type { Tools } from "./wire/tools.ts";
import { listen } from "./wire/web.ts";
import { startWork } from "./wire/worker.ts";

/** Builds every client, starts the roles this process has, and registers how to stop them. */
export async function start(
  env: Env,
  app: AppCredentials,
  tools: Tools,
  edges: Edges = {},
): Promise<{ address: string | undefined }> {
  const stores = await openStores(env, tools);
  const owed = await openQueue(env, tools, stores);
  const { deps, appUrl } = await createDeps({ env, app, tools, edges, stores, poke: owed.poke });
  if (env.AICD_ROLE !== "web") await startWork({ env, app, tools, deps, queue: owed.queue });
  if (env.AICD_ROLE === "worker") return { address: undefined };
  return { address: await listen({ env, app, tools, deps, appUrl, ...owed }) };
}
