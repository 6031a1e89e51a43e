import type { ReadClient } from "./clients.ts";
import { type Grant, permissionsOf } from "./powers.ts";
import { isStatus } from "./status.ts";

/** A job makes its calls one after the other; one that pauses longer gets another token. */
const IDLE_MS = 60_000;
/** GitHub's hour, less what a call may take. */
const LIFETIME_MS = 55 * 60_000;

type HeldToken = { token: string; madeAt: number };

export type Tokens = {
  /** Runs a call with the token of a grant, which is made when nobody holds it. */
  use<T>(installationId: number, grant: Grant, call: (held: HeldToken) => Promise<T>): Promise<T>;
  /** GitHub does not know it any more; the next call gets another. */
  forget(held: HeldToken): void;
  /** Takes back what is held, as far as GitHub answers. */
  close(): Promise<void>;
};

type Entry = {
  held: Promise<HeldToken>;
  until: number;
  users: number;
  idle: NodeJS.Timeout | undefined;
};

/**
 * Tokens of installations, each for one purpose in one repository, shared by the calls that need just that and taken
 * back a minute after the last of them: what leaks is worth little, and not for long.
 * @param options.app speaks as the App
 * @param options.revoke takes a token back; its failure is nobody's, since an hour ends it anyway
 */
export function createTokens(options: {
  app: ReadClient;
  revoke: (token: string) => Promise<void>;
  idleMs?: number;
}): Tokens {
  const { app, revoke, idleMs = IDLE_MS } = options;
  const entries = new Map<string, Entry>();

  function drop(key: string, entry: Entry): Promise<void> {
    clearTimeout(entry.idle);
    if (entries.get(key) === entry) entries.delete(key);
    return entry.held.then(({ token }) => revoke(token)).catch(() => undefined);
  }

  function enter(installationId: number, grant: Grant): [key: string, entry: Entry] {
    const key = keyOf(installationId, grant);
    const known = entries.get(key);
    if (known !== undefined && known.until > Date.now()) return [key, known];
    const held = mint(app, installationId, grant);
    const entry: Entry = { held, until: Date.now() + LIFETIME_MS, users: 0, idle: undefined };
    held.catch(() => entries.get(key) === entry && entries.delete(key));
    entries.set(key, entry);
    return [key, entry];
  }

  return {
    async use(installationId, grant, call) {
      const [key, entry] = enter(installationId, grant);
      clearTimeout(entry.idle);
      entry.users++;
      try {
        return await call(await entry.held);
      } finally {
        entry.users--;
        if (entry.users === 0) entry.idle = setTimeout(() => void drop(key, entry), idleMs).unref();
      }
    },
    forget(held) {
      for (const [key, entry] of entries) {
        void entry.held.then(
          (one) => one === held && entries.get(key) === entry && entries.delete(key),
          () => undefined,
        );
      }
    },
    async close() {
      await Promise.all([...entries].map(([key, entry]) => drop(key, entry)));
    },
  };
}

function keyOf(installationId: number, grant: Grant): string {
  return `${installationId} ${grant.power} ${"repositoryId" in grant ? grant.repositoryId : "-"}`;
}

async function mint(app: ReadClient, installationId: number, grant: Grant): Promise<HeldToken> {
  try {
    const { token } = (await app.auth({
      type: "installation",
      installationId,
      permissions: permissionsOf(grant),
      ...("repositoryId" in grant ? { repositoryIds: [grant.repositoryId] } : {}),
      // Never a remembered one: it is taken back when its holders are done.
      refresh: true,
    })) as { token: string };
    return { token, madeAt: Date.now() };
  } catch (error) {
    throw refusalOf(error, grant);
  }
}

/** What a wider token would have met at the call itself is said with the same number. */
function refusalOf(error: unknown, grant: Grant): unknown {
  if (!isStatus(error, 422)) return error;
  const message = (error as Error).message;
  if (/permission/i.test(message)) {
    const wanted = Object.entries(permissionsOf(grant)).map(([name, level]) => `${name}: ${level}`);
    const said = `Resource not accessible by integration: the installation does not grant all of ${wanted.join(", ")}`;
    return Object.assign(new Error(said, { cause: error }), { status: 403 });
  }
  if (!/repositor/i.test(message)) return error;
  const said = "Not Found: the repository is not there, or not the installation's";
  return Object.assign(new Error(said, { cause: error }), { status: 404 });
}
