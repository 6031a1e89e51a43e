import type { Account } from "./account.ts";
import type { WorkflowJob } from "./run.ts";

/** A just-in-time runner of an organization: it takes one job, and is forgotten with it. */
export interface SelfHostedRunner {
  id: number;
  name: string;
  organization: Account;
  labels: string[];
  /** What its machine shows; in nobody's hands but those that were given the configuration. */
  key: string;
  /** Set while its machine listens. */
  take: ((job: WorkflowJob) => void) | undefined;
  job: WorkflowJob | undefined;
  /** Settles when its job is over. */
  over: PromiseWithResolvers<void>;
  /** Its machine fell silent in the middle of a job. */
  gone: AbortController;
}

export interface Runners {
  all: Map<number, SelfHostedRunner>;
  /** Jobs that no runner has taken yet, in the order they came. */
  waiting: Map<WorkflowJob, (runner: SelfHostedRunner) => void>;
}
