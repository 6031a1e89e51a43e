import { AicdError } from "@aicd/core";
import { rotateSession } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { sessionOfRefresh, sha256, type Tokens } from "../identity/tokens.ts";
import { ACCESS_SECONDS } from "./sign-in.ts";

/** A refresh token that was spent is answered again for so long; afterwards showing it ends the session. */
export const GRACE_SECONDS = 30;

/**
 * Repeated within moments it gives the same tokens again: who lost the answer goes on, and two pages of one
 * browser that renew at once both do.
 */
export async function refresh(deps: Deps, spent: string): Promise<Tokens> {
  const id = sessionOfRefresh(spent);
  // Given out before tokens named their session: they are changed for ones that no session is behind.
  const named = id ?? deps.mint("session");
  const successors = deps.peppers.successors(spent, named);
  const [tokens] = successors;
  const outcome = await rotateSession(deps.db.system, {
    id,
    spent: sha256(spent),
    tokenHash: sha256(tokens.accessToken),
    refreshHash: sha256(tokens.refreshToken),
    lifeSeconds: ACCESS_SECONDS,
    graceSeconds: GRACE_SECONDS,
  });
  if (outcome.kind === "rotated") return tokens;
  if (outcome.kind === "repeated") {
    const present = outcome.session.refreshHash;
    const again = successors.find(({ refreshToken }) => present?.equals(sha256(refreshToken)));
    if (again !== undefined) return again;
  }
  if (outcome.kind === "stolen") {
    const { id: sessionId, userId } = outcome.session;
    deps.log.warn({ sessionId, userId }, "a spent refresh token was shown again: its session is ended");
  }
  throw new AicdError("unauthenticated", "The refresh token is unknown, used or expired. Sign in again.");
}
