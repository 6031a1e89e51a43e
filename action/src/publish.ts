import { AicdError } from "@aicd/core";
import { begin } from "./begin.ts";
import { readChange } from "./change.ts";
import type { Env } from "./env.ts";
import type { ActionState } from "./state.ts";

export type Publish = { artifact: string; issueNumber: number; githubToken: string };

/**
 * The publish job: the only one that may write. What it publishes came from a job that read untrusted text,
 * so it is judged again by settings read from GitHub itself, and runs nothing of the repository.
 *
 * @returns the URL of the draft pull request
 */
export async function publish(state: ActionState, env: Env, input: Publish): Promise<string> {
  const change = await readChange(input.artifact);
  if (change.issueNumber !== input.issueNumber) {
    throw new AicdError(
      "forbidden",
      `The artifact is for issue ${change.issueNumber}, this job is for issue ${input.issueNumber}.`,
    );
  }
  if (!change.critic.approved) throw new AicdError("forbidden", "The critic has not approved this change.");
  const { repository, clients, start, settings } = await begin(state, env, input);
  const { publishChange, renderPullRequest } = await import(/* webpackMode: "eager" */ "@aicd/github");
  const { changeSet, evidence, critic, plan, spentMicroUsd } = change;
  const run = env.GITHUB_RUN_ID;
  const body = renderPullRequest({
    issueNumber: input.issueNumber,
    requestedBy: undefined,
    plan,
    rounds: [{ changeSet, evidence, policy: [], askedBy: [], threads: [] }],
    critic,
    spentMicroUsd,
    runUrl:
      run === undefined
        ? undefined
        : `${env.GITHUB_SERVER_URL}/${repository.owner}/${repository.name}/actions/runs/${run}`,
  });
  const pull = await publishChange(clients, repository, {
    changeSet,
    settings,
    issue: { number: input.issueNumber, title: start.snapshot.issue.title },
    base: start.defaultBranch,
    body,
  });
  return pull.url;
}
