import type { Env } from "../env.ts";

/** Where GitHub is: github.com, a GHES host, or what the environment says in full. */
export function githubUrls(env: Env): {
  apiUrl: string;
  serverUrl: string;
  oidc: { issuer: string; jwksUrl: string };
} {
  const { GHE_HOST: host } = env;
  const issuer =
    host !== undefined && env.ACTIONS_OIDC_ISSUER === undefined
      ? `https://${host}/_services/token`
      : (env.ACTIONS_OIDC_ISSUER ?? "https://token.actions.githubusercontent.com");
  return {
    apiUrl: env.GITHUB_API_URL ?? (host === undefined ? "https://api.github.com" : `https://${host}/api/v3`),
    serverUrl: env.GITHUB_SERVER_URL ?? `https://${host ?? "github.com"}`,
    oidc: { issuer, jwksUrl: `${issuer}/.well-known/jwks` },
  };
}
