import { randomUUID } from "node:crypto";
import type { VirtualClock } from "@aicd/hetzner/fake";
import type { HeardJob } from "../hear.ts";
import type { JobState, Runners } from "../ports.ts";

/** GitHub tells a runner that fell silent for gone after this, and ends its job. */
const SILENT_MS = 10 * 60_000;

export type SimulatedJob = {
  id: number;
  organization: number;
  label: string;
  durationMs: number;
  status: HeardJob["status"];
  conclusion: "success" | "failure" | undefined;
  runnerName: string | undefined;
};
type Runner = {
  id: number;
  organization: number;
  name: string;
  label: string;
  key: string;
  job?: SimulatedJob;
};

/** The runner of one machine. */
export type Connection = {
  /** What it ran, when it is over by itself. */
  over: Promise<void>;
  /** The machine is gone with it. */
  cut(): void;
};

/**
 * The part of GitHub Actions that has to do with runners, on a clock that moves when it is told to: any online runner
 * of an organisation is given any queued job whose label it has, and is forgotten with it.
 */
export function createActions(given: {
  clock: VirtualClock;
  /** A delivery; one may get lost. */
  tell: (job: SimulatedJob) => Promise<void>;
  /** A job that ended otherwise than by success: whoever wants its work asks for another. */
  failed: (job: SimulatedJob) => Promise<void>;
  /** Which machine a job began on, for whoever counts. */
  began: (job: SimulatedJob, machine: number) => void;
}) {
  const { clock } = given;
  const jobs = new Map<number, SimulatedJob>();
  const runners = new Map<number, Runner>();
  const waiting = new Map<number, () => Promise<boolean>>();
  let lastId = 0;

  async function end(job: SimulatedJob, conclusion: "success" | "failure"): Promise<void> {
    job.status = "completed";
    job.conclusion = conclusion;
    for (const runner of runners.values()) if (runner.job === job) runners.delete(runner.id);
    await given.tell(job);
    if (conclusion === "failure") await given.failed(job);
  }

  async function offer(): Promise<void> {
    for (const take of [...waiting.values()]) await take();
  }

  const ports: Runners = {
    async make({ installationId }, { name, label }) {
      if ([...runners.values()].some((other) => other.name === name)) return "Already exists";
      lastId += 1;
      const runner = { id: lastId, organization: installationId, name, label, key: randomUUID() };
      runners.set(runner.id, runner);
      return { id: runner.id, config: runner.key };
    },
    async remove(_, id) {
      if (runners.get(id)?.job !== undefined) return "busy";
      runners.delete(id);
      waiting.delete(id);
      return "gone";
    },
    async job(_, githubId): Promise<JobState | undefined> {
      const job = jobs.get(githubId);
      return job === undefined ? undefined : { status: job.status, runnerName: job.runnerName };
    },
    isFork: async () => false,
  };

  return {
    runners: ports,
    jobs: () => [...jobs.values()],
    async queue(asked: Pick<SimulatedJob, "organization" | "label" | "durationMs">): Promise<SimulatedJob> {
      lastId += 1;
      const job = {
        ...asked,
        id: lastId,
        status: "queued" as const,
        conclusion: undefined,
        runnerName: undefined,
      };
      jobs.set(job.id, job);
      await given.tell(job);
      await offer();
      return job;
    },
    /** A machine comes online with what its user data held. Undefined: GitHub does not know it (any more). */
    connect(key: string, machine: number): Connection | undefined {
      const runner = [...runners.values()].find((each) => each.key === key && each.job === undefined);
      if (runner === undefined) return undefined;
      const over = Promise.withResolvers<void>();
      let stopTimer = () => {};
      let running: SimulatedJob | undefined;
      async function take(): Promise<boolean> {
        const job = [...jobs.values()].find(
          (each) =>
            each.status === "queued" &&
            each.organization === runner?.organization &&
            each.label === runner.label,
        );
        if (job === undefined || runner === undefined || running !== undefined) return false;
        waiting.delete(runner.id);
        running = job;
        runner.job = job;
        Object.assign(job, { status: "in_progress", runnerName: runner.name });
        given.began(job, machine);
        stopTimer = clock.after(job.durationMs, async () => {
          await end(job, "success");
          over.resolve();
        });
        await given.tell(job);
        return true;
      }
      waiting.set(runner.id, take);
      clock.after(0, () => void take());
      return {
        over: over.promise,
        cut() {
          stopTimer();
          waiting.delete(runner.id);
          const job = running;
          if (job?.status === "in_progress") clock.after(SILENT_MS, () => end(job, "failure"));
        },
      };
    },
  };
}
