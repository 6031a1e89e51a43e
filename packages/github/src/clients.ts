import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { restEndpointMethods } from "@octokit/plugin-rest-endpoint-methods";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import Bottleneck from "bottleneck";
import { bearGrant } from "./bear-grant.ts";
import { currentCaller, type WriteKind, type WriteLane } from "./lane.ts";
import { mindManners } from "./manners.ts";
import type { Grant } from "./powers.ts";
import { isStatus } from "./status.ts";
import { createTokens } from "./tokens.ts";

/** Retries are for reading only: a write that timed out may have happened, so the caller looks first. */
function readerOf(base: typeof Octokit) {
  return base.plugin(restEndpointMethods, retry);
}

function writerOf(base: typeof Octokit) {
  return base.plugin(restEndpointMethods);
}

const Reader = readerOf(Octokit);
const Writer = writerOf(Octokit);
/** For one process on its own, whose limits nobody shares. */
const PatientReader = Reader.plugin(throttling);
const IN_FLIGHT = 10;
/** A token that GitHub does not take back in this time ends by itself within its hour. */
const REVOKE_MS = 3_000;

/**
 * What a reader does not ask again at once. Unlike the plugin's own list with the 429, which is not over in
 * the seconds it would wait, and the 409 of a repository without a commit.
 */
const FINAL = [400, 401, 403, 404, 409, 410, 422, 429, 451];

export type ReadClient = InstanceType<typeof Reader>;
export type WriteClient = InstanceType<typeof Writer>;

/** The two clients for one purpose. They share its token, and the installation's budget of 10 calls in flight. */
export type InstallationClients = {
  read: ReadClient;
  write: WriteClient;
  /**
   * Waits for the turn of the next write before it is looked whether that is still to be done: between a look
   * and a write that waits, somebody else may have done it. Once is enough; the write uses it up.
   * @param kind of the write to come, as `kindOf` would have it; content where nothing is said
   */
  turn(kind?: WriteKind): Promise<void>;
};

export type GitHubClients = {
  /** Speaks as the App itself (JWT). */
  app: ReadClient;
  /** @param grant what they are for: they can do nothing else, and nothing elsewhere */
  installation(id: number, grant: Grant): InstallationClients;
  /** A token that reads one repository's files and nothing else, for git. Whoever asks revokes it. */
  readToken(installationId: number, repositoryId: number): Promise<ReadToken>;
  /** Takes back every token that is held. */
  close(): Promise<void>;
};
export type ReadToken = { token: string; revoke(): Promise<void> };

type Warn = (fields: Record<string, unknown>, message: string) => void;

/** How the clients behave towards GitHub. */
export type Manners = {
  /** `https://api.github.com`, or a GHES root with `/api/v3`. */
  baseUrl: string;
  /** What a second lasts when GitHub asks to wait, in ms; shorter in tests only. */
  secondMs?: number;
  warn: Warn;
  /** Instead of the global one, e.g. to go through a proxy. */
  fetch?: typeof fetch;
};

/** @param options.lane the order in which installations are written to */
export function createGitHubClients(
  options: Manners & { appId: number; privateKey: string; lane: WriteLane },
): GitHubClients {
  const { appId, privateKey, lane, secondMs } = options;
  const calls = new Bottleneck.Group({ maxConcurrent: IN_FLIGHT });
  // The plugin counts a GraphQL query as a write; queries need no pause.
  const queries = new Bottleneck.Group({ maxConcurrent: IN_FLIGHT });
  const auth = { appId, privateKey };
  const common = mannersOf(options);
  const throttle = throttleOf(options, { id: "app", global: calls, write: queries });

  const app = new PatientReader({ authStrategy: createAppAuth, auth, ...common, throttle });
  const revoke = async (token: string) => {
    const signal = AbortSignal.timeout(REVOKE_MS);
    await new Writer({ auth: token, ...common }).rest.apps.revokeInstallationAccessToken({
      request: { signal },
    });
  };
  const tokens = createTokens({ app, revoke });

  return {
    app,
    close: tokens.close,
    installation(id, grant) {
      const authStrategy = () => bearGrant(tokens, id, grant, secondMs);
      const read = new Reader({ authStrategy, ...common });
      const write = new Writer({ authStrategy, ...common });
      const inFlight = calls.key(String(id));
      for (const client of [read, write]) {
        mindManners(client, { installationId: id, lane, inFlight, secondMs });
      }
      return {
        read,
        write,
        async turn(kind = "content") {
          const caller = currentCaller();
          if (caller === undefined || caller.turns.has(id)) return;
          await lane.turn(id, kind);
          caller.turns.add(id);
        },
      };
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
      const holder = new Reader({ auth: token, ...common });
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
 * @param options.writeIntervalMs pause between two writes, in ms; GitHub asks for at least 1,000
 * @param options.base Octokit, or a kind of it that knows the way to GitHub, such as that of GitHub's toolkit
 */
export function createTokenClients(
  options: Manners & { token: string; writeIntervalMs: number; base?: typeof Octokit },
): InstallationClients {
  const { base = Octokit } = options;
  const write = new Bottleneck.Group({ maxConcurrent: 1, minTime: options.writeIntervalMs });
  const throttle = throttleOf(options, { id: "token", write });
  const common = { auth: options.token, ...mannersOf(options), throttle };
  const [TokenReader, TokenWriter] = [readerOf(base).plugin(throttling), writerOf(base).plugin(throttling)];
  return { read: new TokenReader(common), write: new TokenWriter(common), async turn() {} };
}

function mannersOf(options: Manners) {
  const { baseUrl, warn, fetch, secondMs = 1_000 } = options;
  const say = (message: string) => warn({}, message);
  return {
    baseUrl,
    log: { debug() {}, info() {}, warn: say, error: say },
    ...(fetch === undefined ? {} : { request: { fetch } }),
    retry: { retryAfterBaseValue: secondMs, doNotRetry: FINAL },
  };
}

function throttleOf(
  { secondMs = 1_000 }: Manners,
  groups: { id: string; global?: Bottleneck.Group; write: Bottleneck.Group },
) {
  // A limit is waited out when it is short; a long one is the caller's to hear.
  const wait = (retryAfter: number, _request: object, _octokit: object, retries: number) =>
    retryAfter <= 60 && retries < 2;
  return {
    ...groups,
    notifications: groups.write,
    retryAfterBaseValue: secondMs,
    onRateLimit: wait,
    onSecondaryRateLimit: wait,
  };
}
