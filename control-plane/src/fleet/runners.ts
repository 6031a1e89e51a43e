import { fetchJob, type GitHubClients, isRunOfFork, makeJitRunner, removeRunner } from "@aicd/github";
import type { Runners } from "./ports.ts";

/** GitHub's runners of the accounts that installed the App. */
export function createRunners(github: Pick<GitHubClients, "installation">): Runners {
  const of = ({ installationId }: { installationId: number }) => github.installation(installationId);
  return {
    make: (account, { name, label }) => makeJitRunner(of(account), { org: account.login, name, label }),
    remove: (account, runnerId) => removeRunner(of(account), { org: account.login, runnerId }),
    job: (place, githubId) => fetchJob(of(place), place, githubId),
    isFork: (place, runId) => isRunOfFork(of(place), place, runId),
  };
}
