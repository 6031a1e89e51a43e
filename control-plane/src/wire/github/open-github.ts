import type { Database } from "@aicd/db";
import { createGitHubClients, createSignInClient } from "@aicd/github";
import type { Pool } from "pg";
import type { AppCredentials, Env } from "../../env.ts";
import { createWriteLane } from "../../outbox/write-lane.ts";
import type { Tools } from "../tools.ts";
import { githubUrls } from "../urls.ts";
import { countGitHub } from "./count-github.ts";
import { whoAmI } from "./who-am-i.ts";

/** Ways to the outside that a benchmark may replace; production has none. */
export type Edges = { githubFetch?: typeof fetch };

/** Clients of GitHub, and who the App is there. */
export async function openGitHub(given: {
  env: Env;
  app: AppCredentials;
  tools: Tools;
  edges: Edges;
  pool: Pool;
  db: Database;
}) {
  const { env, app, edges, pool, db } = given;
  const { log, metrics } = given.tools;
  const { apiUrl, serverUrl } = githubUrls(env);
  const github = createGitHubClients({
    appId: app.appId,
    privateKey: app.privateKey.reveal(),
    baseUrl: apiUrl,
    lane: createWriteLane({ pool, intervalMs: env.GITHUB_WRITE_INTERVAL_MS, now: Date.now }),
    warn: (fields, message) => log.warn(fields, message),
    fetch: countGitHub(edges.githubFetch ?? fetch, metrics),
  });
  const self = await whoAmI(github, { db, appId: app.appId, log });
  const { client } = app;
  const signIn =
    client === undefined
      ? undefined
      : createSignInClient({
          clientId: client.id,
          clientSecret: client.secret.reveal(),
          apiUrl,
          serverUrl,
        });
  return { github, signIn, serverUrl, appLogin: `${self.slug}[bot]`, appUrl: self.url };
}
