import type { WorkflowJob } from "../world/run.ts";
import type { SelfHostedRunner } from "../world/runner.ts";
import type { World } from "../world/world.ts";

/** docs.github.com "Choosing the runner for a job": labels of GitHub's own machines. */
const HOSTED = /^(?:ubuntu|windows|macos)-/;

/** Whether a job waits for a machine of somebody's own. */
export function isSelfHosted(job: WorkflowJob): boolean {
  return job.labels.length > 0 && !job.labels.some((label) => HOSTED.test(label));
}

/** The runner that takes the job, sooner or later; undefined: it was cancelled before one did. */
export async function runnerFor(
  { runners }: World,
  job: WorkflowJob,
  cancelled: AbortSignal,
): Promise<SelfHostedRunner | undefined> {
  const free = [...runners.all.values()].find((runner) => runner.take !== undefined && fits(runner, job));
  if (free !== undefined) return begin(free, job);
  const found = await new Promise<SelfHostedRunner | undefined>((resolve) => {
    runners.waiting.set(job, resolve);
    if (cancelled.aborted) resolve(undefined);
    cancelled.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  runners.waiting.delete(job);
  return found;
}

/** A machine listens: it is given the first job that it may run. */
export function offerJob({ runners }: World, runner: SelfHostedRunner): void {
  for (const [job, give] of runners.waiting) {
    if (!fits(runner, job)) continue;
    runners.waiting.delete(job);
    give(begin(runner, job));
    return;
  }
}

function begin(runner: SelfHostedRunner, job: WorkflowJob): SelfHostedRunner {
  runner.job = job;
  job.runner = { id: runner.id, name: runner.name };
  runner.take?.(job);
  runner.take = undefined;
  return runner;
}

/** A runner takes any job of its organization all of whose labels it has. */
function fits(runner: SelfHostedRunner, job: WorkflowJob): boolean {
  if (job.run.repository.owner !== runner.organization || runner.job !== undefined) return false;
  return job.labels.every((label) => runner.labels.includes(label));
}
