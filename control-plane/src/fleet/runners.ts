import { fetchJob, type GitHubClients, isRunOfFork, makeJitRunner, removeRunner } from "@aicd/github";
import type { Runners } from "./ports.ts";

/** GitHub's runners of the accounts that installed the App. */
export function createRunners(github: Pick<GitHubClients, "installation">): Runners {
  type At = { installationId: number };
  const runners = ({ installationId }: At) => github.installation(installationId, { power: "make-runners" });
  const jobs = ({ installationId }: At) => github.installation(installationId, { power: "see-jobs" });
  return {
    make: (account, { name, label }) => makeJitRunner(runners(account), { org: account.login, name, label }),
    remove: (account, runnerId) => removeRunner(runners(account), { org: account.login, runnerId }),
    job: (place, githubId) => fetchJob(jobs(place), place, githubId),
    isFork: (place, runId) => isRunOfFork(jobs(place), place, runId),
  };
}
