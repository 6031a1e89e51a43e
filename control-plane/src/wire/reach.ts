import { once } from "node:events";
import { openCounters } from "@aicd/queue";
import type { Env } from "../env.ts";
import { loadMasterKeys } from "../secrets/master-keys.ts";
import { readyOwner } from "./stores.ts";
import type { Tools } from "./tools.ts";
import { redisOf, tellOnceAMinute } from "./trouble.ts";

/**
 * Before the setup page is shown: nobody should make an App for a server that cannot go on with it. Without Redis
 * it goes on, so of that it only tells, both as a start with an App does.
 * @throws AicdError when the database cannot be had
 */
export async function reachStores(env: Env, { log }: Pick<Tools, "log">): Promise<void> {
  if (env.DATABASE_URL !== undefined) {
    const keys = await loadMasterKeys(env.AICD_DIRECTORY, env.ENCRYPTION_KEY);
    await readyOwner(env, env.DATABASE_URL.reveal(), keys.current);
  }
  if (env.REDIS_URL === undefined) return;
  const url = env.REDIS_URL.reveal();
  const redis = openCounters({ url, onError: tellOnceAMinute(redisOf(url), log) });
  // It connects, or fails, and either is enough to know; a host that is silent fails after ten seconds.
  await once(redis, "ready").catch(() => undefined);
  redis.disconnect();
}
