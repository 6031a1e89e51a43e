import { AicdError } from "@aicd/core";
import { createLogger, createMetrics, createRedactor, createShutdown, EnvError, Secret } from "@aicd/ops";
import { type Config, readConfig } from "./env.ts";
import { insistOnDirectory } from "./setup/directory.ts";
import { runSetup } from "./setup/server.ts";
import { loadApp, saveApp } from "./setup/store.ts";
import { githubUrls } from "./wire/urls.ts";
import { start } from "./wire.ts";

const { env, app } = configOrExit();
const redactor = createRedactor();
for (const value of Object.values(env)) {
  if (value instanceof Secret) redactor.register(value.reveal());
}
const log = createLogger({ level: env.LOG_LEVEL, redactor });
const shutdown = createShutdown({ logger: log });

const credentials = app ?? (await loadApp(env.AICD_DIRECTORY)) ?? (await setUp());
redactor.register(credentials.privateKey.reveal());
redactor.register(credentials.webhookSecret.reveal());
if (credentials.client !== undefined) redactor.register(credentials.client.secret.reveal());
try {
  const { address } = await start(env, credentials, { log, metrics: createMetrics(), redactor, shutdown });
  log.info({ address, role: env.AICD_ROLE }, "AI-CD is ready");
} catch (err) {
  // What a person can mend is one sentence; anything else is ours and shows where.
  log.fatal(err instanceof AicdError ? { reason: err.message } : { err }, "AI-CD could not start");
  await shutdown.begin("start failed", 1);
}

function configOrExit(): Config {
  try {
    const config = readConfig();
    insistOnDirectory(config);
    return config;
  } catch (error) {
    if (!(error instanceof EnvError || error instanceof AicdError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** No App yet: shows how to make one, and goes on when it is made. */
async function setUp() {
  const stop = new AbortController();
  shutdown.add("setup", () => stop.abort());
  const { apiUrl, serverUrl } = githubUrls(env);
  const made = await runSetup({
    port: env.PORT,
    host: env.HOST,
    publicUrl: env.PUBLIC_URL,
    serverUrl,
    apiUrl,
    log,
    signal: stop.signal,
    ready: (address) =>
      log.info({ open: address }, "No GitHub App is configured: open this page to create one"),
  });
  const path = await saveApp(env.AICD_DIRECTORY, made);
  log.info({ path, appId: made.appId }, "The GitHub App's credentials are stored");
  return made;
}
