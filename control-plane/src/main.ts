import { join } from "node:path";
import { insistOnGit } from "@aicd/code-index";
import { AicdError } from "@aicd/core";
import {
  becomeOneWriter,
  createLogger,
  createMetrics,
  createRedactor,
  createShutdown,
  EnvError,
  Secret,
} from "@aicd/ops";
import { type Config, readConfig } from "./env.ts";
import { insistOnDirectory } from "./setup/directory.ts";
import { runSetup } from "./setup/server.ts";
import { loadApp, saveApp } from "./setup/store.ts";
import { makeSetupToken } from "./setup/token.ts";
import { reachStores } from "./wire/reach.ts";
import { portOf, whileStarting } from "./wire/trouble.ts";
import { githubUrls } from "./wire/urls.ts";
import { start } from "./wire.ts";

const { env, app, hints } = configOrExit();
const appFile = env.APP_FILE ?? join(env.AICD_DIRECTORY, "github-app.json");
const redactor = createRedactor();
for (const value of Object.values(env)) {
  if (value instanceof Secret) redactor.register(value.reveal());
}
const lines = process.stdout.isTTY ? "readable" : "json";
const log = createLogger({ level: env.LOG_LEVEL, redactor, lines });
becomeOneWriter(log);
const shutdown = createShutdown({ logger: log });

for (const reason of hints) log.warn({ reason }, "a variable may be misspelled");
try {
  const credentials = app ?? (await loadApp(appFile)) ?? (await setUp());
  redactor.register(credentials.privateKey.reveal());
  redactor.register(credentials.webhookSecret.reveal());
  if (credentials.client !== undefined) redactor.register(credentials.client.secret.reveal());
  if (env.AICD_ROLE !== "web") await insistOnGit(env.PATH);
  const { address } = await start(env, credentials, { log, metrics: createMetrics(), redactor, shutdown });
  const open = env.PUBLIC_URL ?? address;
  log.info({ address: open, listening: address, role: env.AICD_ROLE }, "AI-CD is ready");
} catch (err) {
  // What a person can mend is one sentence, with the names whose misspelling may be the cause; anything else is ours
  // and shows where.
  const reason = err instanceof AicdError ? [err.message, ...hints].join(" ") : undefined;
  log.fatal(reason === undefined ? { err } : { reason }, "AI-CD could not start");
  await shutdown.begin("start failed", 1);
}

function configOrExit(): Config {
  let names: string[] = [];
  try {
    const config = readConfig();
    names = config.hints;
    insistOnDirectory(config);
    return config;
  } catch (error) {
    if (!(error instanceof EnvError || error instanceof AicdError)) throw error;
    process.stderr.write(`${[error.message, ...names].join("\n")}\n`);
    process.exit(1);
  }
}

/** No App yet: shows how to make one, and goes on when it is made. */
async function setUp() {
  const stop = new AbortController();
  shutdown.add("setup", () => stop.abort());
  await reachStores(env, { log });
  const { apiUrl, serverUrl } = githubUrls(env);
  const token = await makeSetupToken(env.AICD_DIRECTORY);
  const made = await whileStarting(portOf(env), () =>
    runSetup({
      port: env.PORT,
      host: env.HOST,
      publicUrl: env.PUBLIC_URL,
      fleet: env.HCLOUD_TOKEN !== undefined,
      serverUrl,
      apiUrl,
      log,
      token,
      signal: stop.signal,
      ready: (address) => {
        const open =
          env.PUBLIC_URL === undefined ? address : address.replace(/^https?:\/\/[^/]+/, env.PUBLIC_URL);
        log.info({ open }, "No GitHub App is configured: open this page to create one");
      },
    }),
  );
  await saveApp(appFile, made);
  log.info({ path: appFile, appId: made.appId }, "The GitHub App's credentials are stored");
  return made;
}
