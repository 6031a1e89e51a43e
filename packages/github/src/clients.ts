import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { restEndpointMethods } from "@octokit/plugin-rest-endpoint-methods";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import Bottleneck from "bottleneck";

/** Retries are for reading only: a write that timed out may have happened, so the caller looks first. */
const Reader = Octokit.plugin(restEndpointMethods, retry, throttling);
const Writer = Octokit.plugin(restEndpointMethods, throttling);

export type ReadClient = InstanceType<typeof Reader>;
export type WriteClient = InstanceType<typeof Writer>;

/** The two clients of one installation. They share its token and its budget of 10 calls in flight. */
export type InstallationClients = { read: ReadClient; write: WriteClient };

export type GitHubClients = {
  /** Speaks as the App itself (JWT). */
  app: ReadClient;
  installation(id: number): InstallationClients;
  /** A token that reads one repository's files and nothing else, for git. Whoever asks revokes it. */
  readToken(installationId: number, repositoryId: number): Promise<ReadToken>;
};
export type ReadToken = { token: string; revoke(): Promise<void> };

type Warn = (fields: Record<string, unknown>, message: string) => void;

export function createGitHubClients(options: {
  appId: number;
  privateKey: string;
  /** `https://api.github.com`, or a GHES root with `/api/v3`. */
  baseUrl: string;
  /** Pause between two writes of one installation, in ms; GitHub asks for at least 1,000. */
  writeIntervalMs: number;
  warn: Warn;
  /** Instead of the global one, e.g. to go through a proxy. */
  fetch?: typeof fetch;
}): GitHubClients {
  const { appId, privateKey, baseUrl, warn } = options;
  const calls = new Bottleneck.Group({ maxConcurrent: 10 });
  const writes = new Bottleneck.Group({ maxConcurrent: 1, minTime: options.writeIntervalMs });
  // The plugin counts a GraphQL query as a write; queries need no pause.
  const queries = new Bottleneck.Group({ maxConcurrent: 10 });
  const log = { debug() {}, info() {}, warn: say(warn), error: say(warn) };
  const auth = { appId, privateKey };
  const request = options.fetch === undefined ? {} : { fetch: options.fetch };

  function throttle(id: string, write: Bottleneck.Group) {
    // A limit is waited out when it is short; a long one fails the job, which comes back later.
    const wait = (retryAfter: number, _request: object, _octokit: object, retries: number) =>
      retryAfter <= 60 && retries < 2;
    return {
      id,
      global: calls,
      write,
      notifications: write,
      onRateLimit: wait,
      onSecondaryRateLimit: wait,
    };
  }

  const app = new Reader({
    authStrategy: createAppAuth,
    auth,
    baseUrl,
    log,
    request,
    throttle: throttle("app", queries),
  });
  const byInstallation = new Map<number, InstallationClients>();

  return {
    app,
    installation(id) {
      const known = byInstallation.get(id);
      if (known !== undefined) return known;
      const common = {
        authStrategy: createAppAuth,
        auth: { ...auth, installationId: id },
        baseUrl,
        log,
        request,
      };
      const read = new Reader({ ...common, throttle: throttle(String(id), queries) });
      const write = new Writer({ ...common, throttle: throttle(String(id), writes) });
      const clients = { read, write };
      byInstallation.set(id, clients);
      return clients;
    },
    async readToken(installationId, repositoryId) {
      const { token } = (await app.auth({
        type: "installation",
        installationId,
        repositoryIds: [repositoryId],
        permissions: { contents: "read", metadata: "read" },
        // Never a remembered one: it is revoked when its holder is done.
        refresh: true,
      })) as { token: string };
      const holder = new Reader({ auth: token, baseUrl, log, request, throttle: { enabled: false } });
      return {
        token,
        async revoke() {
          await holder.rest.apps.revokeInstallationAccessToken();
        },
      };
    },
  };
}

/** The two clients of a token that somebody else made: a person's, or a workflow's own. */
export function createTokenClients(options: {
  token: string;
  baseUrl: string;
  writeIntervalMs: number;
  warn: Warn;
}): InstallationClients {
  const { token, baseUrl, warn, writeIntervalMs } = options;
  const wait = (retryAfter: number, _request: object, _octokit: object, retries: number) =>
    retryAfter <= 60 && retries < 2;
  const write = new Bottleneck.Group({ maxConcurrent: 1, minTime: writeIntervalMs });
  const throttle = {
    id: "token",
    write,
    notifications: write,
    onRateLimit: wait,
    onSecondaryRateLimit: wait,
  };
  const common = {
    auth: token,
    baseUrl,
    log: { debug() {}, info() {}, warn: say(warn), error: say(warn) },
    throttle,
  };
  return { read: new Reader(common), write: new Writer(common) };
}

function say(warn: Warn) {
  return (message: string) => warn({}, message);
}
