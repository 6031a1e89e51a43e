import { AicdError } from "@aicd/core";
import { type Client, createClient } from "@aicd/sdk";
import { createBrowser } from "./browser.ts";

/** The API as a person sees it who has signed in with a local GitHub's page, and their first organization. */
export async function signIn(server: {
  url: string;
  login: string;
}): Promise<{ client: Client; org: string }> {
  const { url, login } = server;
  const browser = createBrowser();
  await browser.signIn(`${url}/auth/github`, login);
  const answer = await browser.fetch(`${url}/auth/session`);
  const session = (await answer.json()) as {
    organizations?: { id: string }[];
    csrf?: { header: string; token: string };
  };
  const org = session.organizations?.[0]?.id;
  if (org === undefined) throw new AicdError("broken", `@${login} could not sign in at ${url}.`);
  const { csrf } = session;
  const call: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    // As the server's own page does: a write says that it comes from there.
    if (csrf !== undefined) headers.set(csrf.header, csrf.token);
    return browser.fetch(input instanceof Request ? input.url : String(input), { ...init, headers });
  };
  return { client: createClient({ url, fetch: call }), org };
}
