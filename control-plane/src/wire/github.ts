import { createGitHubClients, createSignInClient } from "@aicd/github";
import type { AppCredentials, Env } from "../env.ts";
import type { Tools } from "./tools.ts";
import { githubUrls } from "./urls.ts";

/** Ways to the outside that a benchmark may replace; production has none. */
export type Edges = { githubFetch?: typeof fetch };

/** Clients of GitHub, and who the App is there. */
export async function openGitHub(env: Env, app: AppCredentials, { log }: Tools, edges: Edges) {
  const { apiUrl, serverUrl } = githubUrls(env);
  const github = createGitHubClients({
    appId: app.appId,
    privateKey: app.privateKey.reveal(),
    baseUrl: apiUrl,
    writeIntervalMs: env.GITHUB_WRITE_INTERVAL_MS,
    warn: (fields, message) => log.warn(fields, message),
    ...(edges.githubFetch === undefined ? {} : { fetch: edges.githubFetch }),
  });
  const { data: self } = await github.app.rest.apps.getAuthenticated();
  if (self === null) throw new Error("GitHub does not know the App");
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
  return { github, signIn, serverUrl, appLogin: `${self.slug ?? ""}[bot]`, appUrl: self.html_url };
}
