import { createHash, randomBytes } from "node:crypto";
import { AicdError, type UserId } from "@aicd/core";
import {
  beginSignIn,
  createSession,
  locateInstallation,
  type SignIn,
  storeSignInCode,
  takeSignIn,
  takeSignInCode,
  type User,
  upsertUser,
} from "@aicd/db";
import type { Deps } from "../deps.ts";
import { recheck } from "../identity/principal.ts";
import { mintRefresh, mintToken, sameText, sha256, type Tokens } from "../identity/tokens.ts";
import { refreshInstallation } from "../installations/refresh.ts";

/** A browser stays signed in for a week; a frontend's token lives an hour and is renewed for a month. */
export const BROWSER_SECONDS = 7 * 24 * 3_600;
export const ACCESS_SECONDS = 3_600;
const REFRESH_SECONDS = 30 * 24 * 3_600;
export const CALLBACK_PATH = "/auth/github/callback";

const random = () => randomBytes(32).toString("base64url");
const s256 = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");

/** Starts a sign-in. @returns where the browser goes, and the secret that ties what follows to it */
export async function startSignIn(
  deps: Deps,
  input: { kind: "browser" | "token"; returnTo: string; challenge: string | null },
): Promise<{ url: string; browser: string }> {
  const [state, verifier, browser] = [random(), random(), random()];
  await beginSignIn(deps.db.system, {
    stateHash: sha256(state),
    browserHash: sha256(browser),
    verifier,
    ...input,
  });
  const redirectUri = `${deps.publicUrl}${CALLBACK_PATH}`;
  return { url: client(deps).authorizeUrl({ state, challenge: s256(verifier), redirectUri }), browser };
}

/**
 * Ends what `startSignIn` began, once and in the same browser.
 * @throws AicdError `invalid` when it did not begin here, is too old, or GitHub does not agree
 */
export async function finishSignIn(
  deps: Deps,
  input: { code: string; state: string; browser: string | undefined },
): Promise<{ signIn: SignIn; user: User }> {
  const signIn =
    input.browser === undefined
      ? undefined
      : await takeSignIn(deps.db.system, {
          stateHash: sha256(input.state),
          browserHash: sha256(input.browser),
        });
  if (signIn === undefined) {
    throw new AicdError(
      "invalid",
      "This sign-in did not begin in this browser, was finished before, or took over ten minutes. Start again.",
    );
  }
  const { person, installationIds } = await client(deps).finish({
    code: input.code,
    verifier: signIn.verifier,
    redirectUri: `${deps.publicUrl}${CALLBACK_PATH}`,
  });
  const { id: githubId, ...rest } = person;
  const user = await upsertUser(deps.db.system, deps.mint, { githubId, ...rest });
  for (const installationId of installationIds) await join(deps, user, installationId);
  return { signIn, user };
}

/**
 * One organisation that cannot be asked must not keep a person out of the others. Who comes straight from
 * installing the App may be here before GitHub's delivery about it.
 */
async function join(deps: Deps, user: User, installationId: number): Promise<void> {
  try {
    const known =
      (await locateInstallation(deps.db.system, installationId)) ??
      (await refreshInstallation(deps, installationId));
    if (known === undefined || known.state === "deleted") return;
    await recheck(deps, known.tenantId, { userId: user.id, githubId: user.githubId, login: user.login });
  } catch (err) {
    deps.log.warn({ err, installationId, userId: user.id }, "a membership could not be asked for");
  }
}

/** A fresh session for a browser: whatever it held before is not continued. */
export async function openBrowserSession(deps: Deps, userId: UserId): Promise<string> {
  const token = random();
  await createSession(deps.db.system, deps.mint, {
    userId,
    kind: "browser",
    tokenHash: sha256(token),
    lifeSeconds: BROWSER_SECONDS,
  });
  return token;
}

/** What the frontend will exchange for its tokens; on its own it is of no use to anybody else. */
export async function issueCode(deps: Deps, userId: UserId, challenge: string): Promise<string> {
  const code = random();
  await storeSignInCode(deps.db.system, { codeHash: sha256(code), userId, challenge });
  return code;
}

/** @throws AicdError `invalid` for a code that is unknown, spent, a minute old, or not the caller's */
export async function exchangeCode(deps: Deps, input: { code: string; verifier: string }): Promise<Tokens> {
  const taken = await takeSignInCode(deps.db.system, sha256(input.code));
  if (taken === undefined || !sameText(s256(input.verifier), taken.challenge)) {
    throw new AicdError(
      "invalid",
      "The code is unknown, used, over a minute old, or not yours. Sign in again.",
    );
  }
  const id = deps.mint("session");
  const tokens = { accessToken: mintToken("session"), refreshToken: mintRefresh(id) };
  await createSession(deps.db.system, deps.mint, {
    id,
    userId: taken.userId,
    kind: "token",
    tokenHash: sha256(tokens.accessToken),
    lifeSeconds: ACCESS_SECONDS,
    refresh: { hash: sha256(tokens.refreshToken), lifeSeconds: REFRESH_SECONDS },
  });
  return tokens;
}

function client(deps: Deps) {
  if (deps.signIn !== undefined) return deps.signIn;
  throw new AicdError(
    "unavailable",
    "Signing in is not set up: the operator has to set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET.",
    { retryable: false },
  );
}
