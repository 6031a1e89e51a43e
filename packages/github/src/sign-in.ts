import { AicdError } from "@aicd/core";
import { request as octokitRequest } from "@octokit/request";
import type { ReadClient } from "./clients.ts";
import { isStatus } from "./status.ts";

export type GitHubPerson = { id: number; login: string; name: string | null; avatarUrl: string | null };

/** What a person turned out to be at the end of a sign-in, and which installations of the App they reach. */
export type SignedIn = { person: GitHubPerson; installationIds: number[] };

export type SignInClient = {
  /** Where the browser goes. @param input.challenge S256 of the verifier that `finish` will send */
  authorizeUrl(input: { state: string; challenge: string; redirectUri: string }): string;
  /**
   * Changes the code for a token, asks GitHub who that is, and forgets the token.
   * @throws AicdError `invalid` when GitHub does not take the code
   */
  finish(input: { code: string; verifier: string; redirectUri: string }): Promise<SignedIn>;
};

const PAGES = 10;

/** GitHub's web flow with PKCE, for the App's own client. */
export function createSignInClient(options: {
  clientId: string;
  clientSecret: string;
  /** `https://github.com` or a GHES root. */
  serverUrl: string;
  apiUrl: string;
}): SignInClient {
  const { clientId, clientSecret, serverUrl, apiUrl } = options;

  async function exchange(input: { code: string; verifier: string; redirectUri: string }): Promise<string> {
    const { data } = await octokitRequest("POST /login/oauth/access_token", {
      baseUrl: serverUrl,
      headers: { accept: "application/json" },
      client_id: clientId,
      client_secret: clientSecret,
      code: input.code,
      redirect_uri: input.redirectUri,
      code_verifier: input.verifier,
    });
    // GitHub says no with a 200.
    const answer = (data ?? {}) as { access_token?: unknown; error?: unknown };
    if (typeof answer.access_token !== "string") {
      const why = typeof answer.error === "string" ? ` (${answer.error.slice(0, 80)})` : "";
      throw new AicdError("invalid", `GitHub did not accept the sign-in${why}. Start again.`);
    }
    return answer.access_token;
  }

  return {
    authorizeUrl({ state, challenge, redirectUri }) {
      const url = new URL("/login/oauth/authorize", serverUrl);
      url.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: challenge,
        code_challenge_method: "S256",
        allow_signup: "false",
      }).toString();
      return url.href;
    },
    async finish(input) {
      const token = await exchange(input);
      const ask = octokitRequest.defaults({
        baseUrl: apiUrl,
        headers: { authorization: `Bearer ${token}` },
      });
      const { data: user } = await ask("GET /user");
      const installationIds: number[] = [];
      for (let page = 1; page <= PAGES; page++) {
        const { data } = await ask("GET /user/installations", { per_page: 100, page });
        installationIds.push(...data.installations.map(({ id }) => Number(id)));
        if (data.installations.length < 100) break;
      }
      const { login, name, avatar_url: avatarUrl } = user;
      return { person: { id: Number(user.id), login, name, avatarUrl }, installationIds };
    },
  };
}

/**
 * What a person is in an organization, asked with the App's own token. Undefined: not a member (any more).
 * @throws AicdError `unavailable` when the App may not ask
 */
export async function organizationRoleOf(
  read: ReadClient,
  organization: string,
  person: { id: number; login: string },
): Promise<"admin" | "member" | undefined> {
  try {
    const { data } = await read.rest.orgs.getMembershipForUser({ org: organization, username: person.login });
    // A login can be given up and taken by somebody else.
    if (data.state !== "active" || data.user?.id !== person.id) return undefined;
    return data.role === "admin" ? "admin" : "member";
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    if (!isStatus(error, 403)) throw error;
    throw new AicdError(
      "unavailable",
      `The App may not read who is a member of ${organization}. An owner has to accept the permission "Members: read" on the App's installation page.`,
      { cause: error, retryable: false },
    );
  }
}
