import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { restEndpointMethods } from "@octokit/plugin-rest-endpoint-methods";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import Bottleneck from "bottleneck";
import { isStatus } from "./status.ts";

/** Retries are for reading only: a write that timed out may have happened, so the caller looks first. */
function readerOf(base: typeof Octokit) {
  return base.plugin(restEndpointMethods, retry, throttling);
}

function writerOf(base: typeof Octokit) {
  return base.plugin(restEndpointMethods, throttling);
}

const Reader = readerOf(Octokit);
const Writer = writerOf(Octokit);

/**
 * What a reader does not ask again at once. Unlike the plugin's own list with the 429, which is not over in
 * the seconds it would wait, and the 409 of a repository without a commit.
 */
const FINAL = [400, 401, 403, 404, 409, 410, 422, 429, 451];

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

/** How the clients behave towards GitHub. */
export type Manners = {
  /** `https://api.github.com`, or a GHES root with `/api/v3`. */
  baseUrl: string;
  /** Pause between two writes of one holder of a token, in ms; GitHub asks for at least 1,000. */
  writeIntervalMs: number;
  /** What a second lasts when GitHub asks to wait, in ms; shorter in tests only. */
  secondMs?: number;
  warn: Warn;
  /** Instead of the global one, e.g. to go through a proxy. */
  fetch?: typeof fetch;
};

export function createGitHubClients(options: Manners & { appId: number; privateKey: string }): GitHubClients {
  const { appId, privateKey } = options;
  const calls = new Bottleneck.Group({ maxConcurrent: 10 });
  const writes = new Bottleneck.Group({ maxConcurrent: 1, minTime: options.writeIntervalMs });
  // The plugin counts a GraphQL query as a write; queries need no pause.
  const queries = new Bottleneck.Group({ maxConcurrent: 10 });
  const auth = { appId, privateKey };
  const behave = (id: string, write: Bottleneck.Group) => mannersOf(options, { id, global: calls, write });

  const app = new Reader({ authStrategy: createAppAuth, auth, ...behave("app", queries) });
  const byInstallation = new Map<number, InstallationClients>();

  return {
    app,
    installation(id) {
      const known = byInstallation.get(id);
      if (known !== undefined) return known;
      const own = { ...auth, installationId: id };
      const read = new Reader({ authStrategy: createAppAuth, auth: own, ...behave(String(id), queries) });
      // The reader's authentication, not one like it: that would ask for a token of its own.
      const write = new Writer({ authStrategy: () => read.auth, ...behave(String(id), writes) });
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
      const holder = new Reader({ auth: token, ...behave("app", queries), throttle: { enabled: false } });
      return {
        token,
        async revoke() {
          try {
            await holder.rest.apps.revokeInstallationAccessToken();
          } catch (error) {
            // It has ended by itself: its hour was over before its holder was.
            if (!isStatus(error, 401)) throw error;
          }
        },
      };
    },
  };
}

/**
 * The two clients of a token that somebody else made: a person's, or a workflow's own.
 * @param options.base Octokit, or a kind of it that knows the way to GitHub, such as that of GitHub's toolkit
 */
export function createTokenClients(
  options: Manners & { token: string; base?: typeof Octokit },
): InstallationClients {
  const { base = Octokit, token } = options;
  const write = new Bottleneck.Group({ maxConcurrent: 1, minTime: options.writeIntervalMs });
  const common = { auth: token, ...mannersOf(options, { id: "token", write }) };
  const [TokenReader, TokenWriter] = [readerOf(base), writerOf(base)];
  return { read: new TokenReader(common), write: new TokenWriter(common) };
}

function mannersOf(
  options: Manners,
  groups: { id: string; global?: Bottleneck.Group; write: Bottleneck.Group },
) {
  const { baseUrl, warn, fetch, secondMs = 1_000 } = options;
  // A limit is waited out when it is short; a long one fails the job, which comes back later.
  const wait = (retryAfter: number, _request: object, _octokit: object, retries: number) =>
    retryAfter <= 60 && retries < 2;
  const say = (message: string) => warn({}, message);
  return {
    baseUrl,
    log: { debug() {}, info() {}, warn: say, error: say },
    ...(fetch === undefined ? {} : { request: { fetch } }),
    retry: { retryAfterBaseValue: secondMs, doNotRetry: FINAL },
    throttle: {
      ...groups,
      notifications: groups.write,
      retryAfterBaseValue: secondMs,
      onRateLimit: wait,
      onSecondaryRateLimit: wait,
    },
  };
}
