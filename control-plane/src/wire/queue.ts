import { createQueue, type NudgeQueue } from "@aicd/queue";
import type { Env } from "../env.ts";
import { startRelay } from "../outbox/relay.ts";
import type { Stores } from "./stores.ts";
import type { Tools } from "./tools.ts";
import { redisOf, tellOnceAMinute } from "./trouble.ts";

/** The queue that nudges, and the relay that nudges it. `poke`: something is owed now. */
export async function openQueue(
  env: Env,
  { log, metrics, shutdown }: Tools,
  { queueLogin, pool, remakeQueue }: Stores,
): Promise<{ queue: NudgeQueue; poke: () => void }> {
  const source =
    env.REDIS_URL === undefined
      ? { kind: "postgres" as const, ...queueLogin, remake: remakeQueue }
      : { kind: "redis" as const, url: env.REDIS_URL.reveal() };
  const tell =
    source.kind === "redis"
      ? tellOnceAMinute(redisOf(source.url), log)
      : (err: Error) => log.warn({ err }, "queue connection failed");
  const queue = await createQueue({
    ...source,
    onError: (err) => {
      metrics.aicd_queue_errors_total.inc();
      tell(err);
    },
  });
  shutdown.add("queue", () => queue.close());
  const relay = startRelay({ pool, queue, log, metrics });
  shutdown.add("relay", () => relay.close());
  return { queue, poke: relay.poke };
}
