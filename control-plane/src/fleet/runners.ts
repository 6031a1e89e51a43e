import { fetchJob, type GitHubClients, isRunOfFork, makeJitRunner, removeRunner } from "@aicd/github";
import type { Runners } from "./ports.ts";

/** GitHub's runners of the organisations that installed the App. */
export function createRunners(github: Pick<GitHubClients, "installation">): Runners {
  const of = ({ installationId }: { installationId: number }) => github.installation(installationId);
  return {
    make: (organization, { name, label }) =>
      makeJitRunner(of(organization), { organization: organization.login, name, label }),
    remove: (organization, runnerId) =>
      removeRunner(of(organization), { organization: organization.login, runnerId }),
    job: (place, githubId) => fetchJob(of(place), place, githubId),
    isFork: (place, runId) => isRunOfFork(of(place), place, runId),
  };
}
