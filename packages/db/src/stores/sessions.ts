import type { MintId, SessionId, UserId } from "@aicd/core";
import { and, eq, gt, isNull, ne, or, sql } from "drizzle-orm";
import type { SystemDb } from "../database.ts";
import {
  type Session,
  type SignIn,
  sessions,
  signInCodes,
  signIns,
  type User,
  users,
} from "../schema/identity.ts";

const seconds = (value: number) => sql`now() + ${value} * interval '1 second'`;
const SIGN_IN_MINUTES = sql`interval '10 minutes'`;
const CODE_MINUTES = sql`interval '1 minute'`;

/** Remembers a sign-in that begins. System work, as all of this file: nobody is anybody yet. */
export async function beginSignIn(tx: SystemDb, input: Omit<SignIn, "createdAt">): Promise<void> {
  await tx.db.insert(signIns).values(input);
}

/** Takes a sign-in up again, once; undefined: unknown, used, another browser's, or over ten minutes old. */
export async function takeSignIn(
  tx: SystemDb,
  key: { stateHash: Buffer; browserHash: Buffer },
): Promise<SignIn | undefined> {
  const [row] = await tx.db
    .delete(signIns)
    .where(
      and(
        eq(signIns.stateHash, key.stateHash),
        eq(signIns.browserHash, key.browserHash),
        sql`${signIns.createdAt} > now() - ${SIGN_IN_MINUTES}`,
      ),
    )
    .returning();
  return row;
}

/** What a frontend may exchange for a session, within a minute and once. */
export async function storeSignInCode(
  tx: SystemDb,
  input: { codeHash: Buffer; userId: UserId; challenge: string },
): Promise<void> {
  await tx.db.insert(signInCodes).values(input);
}

export async function takeSignInCode(
  tx: SystemDb,
  codeHash: Buffer,
): Promise<{ userId: UserId; challenge: string } | undefined> {
  const [row] = await tx.db
    .delete(signInCodes)
    .where(and(eq(signInCodes.codeHash, codeHash), sql`${signInCodes.createdAt} > now() - ${CODE_MINUTES}`))
    .returning();
  return row;
}

export async function createSession(
  tx: SystemDb,
  mint: MintId,
  input: {
    id?: SessionId;
    userId: UserId;
    kind: "browser" | "token";
    tokenHash: Buffer;
    lifeSeconds: number;
    refresh?: { hash: Buffer; lifeSeconds: number };
  },
): Promise<Session> {
  const [row] = await tx.db
    .insert(sessions)
    .values({
      id: input.id ?? mint("session"),
      userId: input.userId,
      kind: input.kind,
      tokenHash: input.tokenHash,
      expiresAt: seconds(input.lifeSeconds),
      ...(input.refresh === undefined
        ? {}
        : { refreshHash: input.refresh.hash, refreshExpiresAt: seconds(input.refresh.lifeSeconds) }),
    })
    .returning();
  if (row === undefined) throw new Error("a session was not stored");
  return row;
}

/** The living session of a token, with its person. */
export async function findSession(
  tx: SystemDb,
  tokenHash: Buffer,
): Promise<{ session: Session; user: User } | undefined> {
  const [row] = await tx.db
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(eq(sessions.tokenHash, tokenHash), isNull(sessions.revokedAt), gt(sessions.expiresAt, sql`now()`)),
    );
  return row;
}

/**
 * Changes both tokens of a session for new ones, once per refresh token. The one spent last may be shown
 * again for a moment: its answer was lost, or two pages asked at once. Later, or an older one, it ends the
 * session: two parties hold it, and one of them should not.
 * @param input.id the session that the refresh token names, whether or not it is still its own
 */
export async function rotateSession(
  tx: SystemDb,
  input: {
    id: SessionId | undefined;
    spent: Buffer;
    tokenHash: Buffer;
    refreshHash: Buffer;
    lifeSeconds: number;
    graceSeconds: number;
  },
): Promise<{ kind: "rotated" | "repeated" | "stolen"; session: Session } | { kind: "unknown" }> {
  const [session] = await tx.db
    .update(sessions)
    .set({
      tokenHash: input.tokenHash,
      refreshHash: input.refreshHash,
      spentRefreshHash: input.spent,
      expiresAt: seconds(input.lifeSeconds),
      lastUsedAt: sql`now()`,
    })
    .where(
      and(
        eq(sessions.refreshHash, input.spent),
        isNull(sessions.revokedAt),
        gt(sessions.refreshExpiresAt, sql`now()`),
      ),
    )
    .returning();
  if (session !== undefined) return { kind: "rotated", session };
  const [repeated] = await tx.db
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.spentRefreshHash, input.spent),
        isNull(sessions.revokedAt),
        // Nothing but the change of its tokens notes a use.
        sql`${sessions.lastUsedAt} > now() - ${input.graceSeconds} * interval '1 second'`,
      ),
    );
  if (repeated !== undefined) return { kind: "repeated", session: repeated };
  const named = input.id === undefined ? undefined : eq(sessions.id, input.id);
  const [stolen] = await tx.db
    .update(sessions)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        or(eq(sessions.spentRefreshHash, input.spent), named),
        // Its own, and only too old.
        ne(sessions.refreshHash, input.spent),
        isNull(sessions.revokedAt),
      ),
    )
    .returning();
  return stolen === undefined ? { kind: "unknown" } : { kind: "stolen", session: stolen };
}

/** Ends one session, or all of a person's. */
export async function revokeSessions(
  tx: SystemDb,
  of: { id: SessionId } | { userId: UserId },
): Promise<number> {
  const rows = await tx.db
    .update(sessions)
    .set({ revokedAt: sql`now()` })
    .where(
      and("id" in of ? eq(sessions.id, of.id) : eq(sessions.userId, of.userId), isNull(sessions.revokedAt)),
    )
    .returning({ id: sessions.id });
  return rows.length;
}

/** Sign-ins nobody finished. */
export async function forgetSignIns(tx: SystemDb): Promise<void> {
  await tx.db.delete(signIns).where(sql`${signIns.createdAt} < now() - ${SIGN_IN_MINUTES}`);
  await tx.db.delete(signInCodes).where(sql`${signInCodes.createdAt} < now() - ${CODE_MINUTES}`);
}

/** Sessions that ended a month ago are of no use to anybody. For the eraser. */
export async function forgetSessions(tx: SystemDb): Promise<void> {
  await tx.db
    .delete(sessions)
    .where(
      or(
        sql`${sessions.revokedAt} < now() - interval '30 days'`,
        sql`coalesce(${sessions.refreshExpiresAt}, ${sessions.expiresAt}) < now() - interval '30 days'`,
      ),
    );
}
