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
  const session = (await answer.json()) as { organizations?: { id: string }[] };
  const org = session.organizations?.[0]?.id;
  if (org === undefined) throw new AicdError("broken", `@${login} could not sign in at ${url}.`);
  const call: typeof fetch = (input, init) =>
    browser.fetch(input instanceof Request ? input.url : String(input), init);
  return { client: createClient({ url, fetch: call }), org };
}
