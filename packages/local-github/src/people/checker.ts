import { createPrivateKey } from "node:crypto";
import { SignJWT } from "jose";
import type { LocalGitHub } from "../start.ts";

/** What a CI says of a commit; without a conclusion it is at it. */
export type Checked = { sha: string; name: string; conclusion: string | undefined; text: string };

/**
 * An App that checks commits as a CI service does, over the wire and with a token of its own.
 * @returns says how a check of a commit ended; each call is a new run of it
 */
export async function createChecker(
  github: LocalGitHub,
  { name, owner }: { name: string; owner: string },
): Promise<(repository: string, checked: Checked) => Promise<void>> {
  const app = await github.registerApp({ name, owner, permissions: { checks: "write" }, events: [] });
  const { installationId } = await github.installApp(app, owner, "all");
  async function post(path: string, authorization: string, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${github.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${authorization}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`GitHub answered ${answer.status} to POST ${path}`);
    return (await answer.json()) as Record<string, unknown>;
  }
  const jwt = await new SignJWT({})
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(String(app.appId))
    .setIssuedAt()
    .setExpirationTime("9m")
    .sign(createPrivateKey(app.privateKeyPem));
  const { token } = await post(`/app/installations/${installationId}/access_tokens`, jwt, {});
  return async (repository, { sha, text, ...said }) => {
    const output = { title: said.name, summary: "", text };
    await post(`/repos/${repository}/check-runs`, String(token), { ...said, head_sha: sha, output });
  };
}
