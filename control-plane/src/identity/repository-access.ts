import { setTimeout as pause } from "node:timers/promises";
import { AicdError, may, type Principal, type TenantId, type UserId } from "@aicd/core";
import { listUnchecked, noteReadable, type Unchecked, type Viewer } from "@aicd/db";
import { mayRead } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { grantedFor } from "../facts.ts";
import { eachLimited } from "../keyed-limit.ts";
import type { Identity } from "./identity.ts";

/** Repositories asked about at the same time, and before their answers are noted. */
const ASKED_AT_ONCE = 8;
const BATCH = 40;
/** A caller waits so long for what GitHub says; what is not known by then is not shown to them yet. */
const WAIT_MS = 3_000;
/** After nothing was due it is not looked again for so long; a new private repository is hidden until then. */
const REST_MS = 30_000;
const RESTING = 20_000;

type Person = { userId: UserId; githubId: number; login: string };

/** Finds out what a caller may see, and keeps what GitHub says of it no longer than a quarter of an hour. */
export function createRepositoryAccess(deps: Deps) {
  const running = new Map<string, Promise<void>>();
  /** Until when nothing is due, by tenant and person; what is too old is hidden by Postgres all the same. */
  const resting = new Map<string, number>();
  /** Looks that have ended, by tenant and person: what was due before one ended may be known by now. */
  const ended = new Map<string, number>();

  /** Once at a time for a person, however many requests they send. */
  function look(tenantId: TenantId, person: Person, first: Unchecked[]): Promise<void> {
    const key = keyOf(tenantId, person);
    const looking =
      running.get(key) ??
      lookAll(deps, { tenantId, person, first }).finally(() => {
        running.delete(key);
        if (ended.size >= RESTING) ended.clear();
        ended.set(key, (ended.get(key) ?? 0) + 1);
      });
    running.set(key, looking);
    return looking;
  }

  async function see(tenantId: TenantId, person: Person): Promise<UserId> {
    const { userId } = person;
    const key = keyOf(tenantId, person);
    if ((resting.get(key) ?? 0) > deps.now()) return userId;
    const before = ended.get(key);
    const due = await deps.db.withTenant({ tenantId }, (tx) => listUnchecked(tx, { userId, limit: BATCH }));
    // Asked again, because asking GitHub a second time would cost more.
    if (ended.get(key) !== before) return see(tenantId, person);
    if (due.length === 0) {
      if (resting.size >= RESTING) resting.clear();
      resting.set(key, deps.now() + REST_MS);
      return userId;
    }
    const looking = look(tenantId, person, due);
    if (due.some(({ blind }) => blind)) {
      const end = new AbortController();
      const enough = pause(WAIT_MS, undefined, { signal: end.signal }).catch(() => undefined);
      await Promise.race([looking, enough]).finally(() => end.abort());
    }
    // Whoever does not wait for it does not fail with it either.
    looking.catch((err: unknown) => deps.log.warn({ err, tenantId }, "looking at repositories failed"));
    return userId;
  }

  return {
    /**
     * Whom to read for; undefined: whoever sees all of the tenant: owners, and its programs whose makers
     * may make such.
     * @throws AicdError `unavailable` when GitHub has to be asked and does not answer
     */
    async viewerFor(identity: Identity, principal: Principal): Promise<Viewer | undefined> {
      const { tenantId } = principal;
      if (identity.kind === "user") {
        return principal.role === "owner" ? undefined : { id: await see(tenantId, identity) };
      }
      const { keyId: id, repositories, maker } = identity;
      const free = maker === undefined || may(maker.role, "api_key.write");
      if (repositories !== null) return free ? { id } : { id, maker: await see(tenantId, maker) };
      return free ? undefined : { id: await see(tenantId, maker) };
    },
  };
}

/** Asks about what is due, batch by batch, until nothing is due that was not asked about. */
async function lookAll(
  deps: Deps,
  { tenantId, person, first }: { tenantId: TenantId; person: Person; first: Unchecked[] },
): Promise<void> {
  const asked = new Set<string>();
  for (let due = first; due.length > 0; ) {
    for (const { id } of due) asked.add(id);
    const seen = await askAll(deps, person, due);
    if (seen.every(({ readable }) => readable === undefined)) {
      throw new AicdError("unavailable", "GitHub could not say which repositories you may read. Try again.");
    }
    const next = await deps.db.withTenant({ tenantId }, async (tx) => {
      await noteReadable(tx, { userId: person.userId, seen });
      return listUnchecked(tx, { userId: person.userId, limit: BATCH });
    });
    // Of somebody who just left nothing is noted.
    due = next.filter(({ id }) => !asked.has(id));
  }
}

async function askAll(deps: Deps, person: Person, due: Unchecked[]) {
  const seen: Parameters<typeof noteReadable>[1]["seen"] = [];
  await eachLimited(due, ASKED_AT_ONCE, async (one) => {
    const { read } = grantedFor(deps, one, "ask-people");
    const asked = { id: person.githubId, login: person.login };
    // One repository that GitHub does not speak of hides only itself.
    const readable = await mayRead(read, one, asked).catch((err: unknown) => {
      deps.log.warn({ err, repositoryId: one.id }, "GitHub did not say who may read a repository");
      return undefined;
    });
    seen.push({ repositoryId: one.id, readable });
  });
  return seen;
}

function keyOf(tenantId: TenantId, { userId }: Person): string {
  return `${tenantId} ${userId}`;
}
