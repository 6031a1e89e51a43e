import { AicdError, type Settings } from "@aicd/core";
import type { InstallationClients, Start } from "@aicd/github";
import type { Env } from "./env.ts";
import type { ActionState } from "./state.ts";

/** What a job without a control plane begins with: GitHub as the workflow's token sees it, and the issue. */
export type Begun = {
  repository: { owner: string; name: string };
  clients: InstallationClients;
  start: Start;
  settings: Settings;
};

const NOBODY = { login: "", permission: "none" } as const;

/** @throws AicdError missing without such an issue, invalid when the settings are */
export async function begin(
  state: ActionState,
  env: Env,
  input: { githubToken: string; issueNumber: number },
): Promise<Begun> {
  const repository = repositoryOf(env);
  const { issueNumber } = input;
  // Only here: the leased mode has no business with GitHub's API and starts faster without.
  const { GitHub } = await import(/* webpackMode: "eager" */ "@actions/github/lib/utils");
  const { createTokenClients, fetchStart } = await import(/* webpackMode: "eager" */ "@aicd/github");
  const clients = createTokenClients({
    token: input.githubToken,
    // GitHub's own toolkit knows how a runner reaches GitHub, also from behind a proxy.
    base: GitHub,
    baseUrl: env.GITHUB_API_URL,
    writeIntervalMs: 1_000,
    warn: (_fields, message) => state.info(message),
  });
  const start = await fetchStart(clients.read, repository, {
    issueNumber,
    base: undefined,
    head: undefined,
    guidance: [],
    asked: Promise.resolve(NOBODY),
  });
  if (start === undefined) {
    throw new AicdError(
      "missing",
      `There is no issue ${issueNumber} in ${repository.owner}/${repository.name}.`,
    );
  }
  if (start.settings.kind === "invalid") {
    const list = start.settings.problems.join("\n- ");
    throw new AicdError("invalid", `${start.settingsPath} has problems:\n- ${list}`);
  }
  return { repository, clients, start, settings: start.settings.settings };
}

function repositoryOf(env: Env): { owner: string; name: string } {
  const [owner = "", name = ""] = (env.GITHUB_REPOSITORY ?? "").split("/");
  if (owner === "" || name === "") throw new AicdError("invalid", "GITHUB_REPOSITORY is not set.");
  return { owner, name };
}
