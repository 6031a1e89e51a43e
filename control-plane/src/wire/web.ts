import type { NudgeQueue } from "@aicd/queue";
import type { Deps } from "../deps.ts";
import type { AppCredentials, Env } from "../env.ts";
import { ratesOf } from "../http/limits/rates.ts";
import { createIntake } from "../intake/index.ts";
import { readSetupToken } from "../setup/token.ts";
import { createHttpServer } from "./server.ts";
import type { Tools } from "./tools.ts";
import { portOf, whileStarting } from "./trouble.ts";

const CLOSE_MS = 5_000;

/** The role `web`. @returns the address it listens on */
export async function listen(given: {
  env: Env;
  app: AppCredentials;
  tools: Tools;
  deps: Deps;
  appUrl: string;
  queue: NudgeQueue;
  poke: () => void;
  refresh: () => Promise<void>;
}): Promise<string> {
  const { env, app, deps, appUrl, queue, poke } = given;
  const { log, metrics, shutdown } = given.tools;
  const intake = createIntake({
    pool: deps.pool,
    secrets: [app.webhookSecret, ...(app.previousSecret === undefined ? [] : [app.previousSecret])],
    poke,
    log,
    metrics,
  });
  shutdown.add("intake", () => intake.close());
  const server = createHttpServer(
    {
      ...deps,
      queue,
      role: env.AICD_ROLE === "web" ? "web" : "all",
      refresh: given.refresh,
      appUrl,
      trustedProxies: env.TRUSTED_PROXIES,
      rates: ratesOf(env.API_REQUESTS_PER_MINUTE),
      setupToken: await readSetupToken(env.AICD_DIRECTORY),
      metricsToken: env.METRICS_TOKEN,
    },
    intake.handle,
  );
  shutdown.add("http", () => closeServer(server));
  return whileStarting(portOf(env), () => server.listen({ port: env.PORT, host: env.HOST }));
}

/** Lets running answers end, but not a model's stream of minutes: its runner tries again elsewhere. */
async function closeServer(server: ReturnType<typeof createHttpServer>): Promise<void> {
  const closed = server.close();
  const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_MS);
  await closed;
  clearTimeout(timer);
}
