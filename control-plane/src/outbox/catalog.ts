import type { z } from "zod";

/** How one kind of owed job is treated. */
export interface JobSpec {
  /** Ids only, no secrets. A new field stays optional for one release: old rows are still around. */
  readonly payload: z.ZodType;
  /** Runs before the job is given up; of runs that die with their process three are enough. */
  readonly tries: number;
  /** Wait before the next run after `tries` failed ones, in milliseconds. */
  readonly backoffMs: (tries: number) => number;
  /** The handler's signal aborts after this, and the run counts as failed. */
  readonly timeoutMs: number;
}

export type Catalog = Readonly<Record<string, JobSpec>>;
export type JobName<C extends Catalog> = keyof C & string;
/** What a caller of `enqueue` gives. */
export type PayloadInput<C extends Catalog, J extends JobName<C>> = z.input<C[J]["payload"]>;
/** What the handler gets. */
export type Payload<C extends Catalog, J extends JobName<C>> = z.output<C[J]["payload"]>;

/** Declares every job of the product in one table. */
export function defineJobs<const C extends Catalog>(catalog: C): C {
  return catalog;
}

export interface JobContext {
  /** Id of the outbox row: the same in every run of this job. */
  readonly id: string;
  /** 1 for the first run. */
  readonly tries: number;
  readonly tenantId: string | undefined;
  /** This is the turn to write that it was postponed to. */
  readonly hasTurn: boolean;
  /** Aborts at the job's timeout, when the process shuts down, and when another worker took the job over. */
  readonly signal: AbortSignal;
}

/** Runs may be doubled: every handler loads and checks again, and its effects have natural keys. */
export type Handlers<C extends Catalog> = {
  readonly [J in JobName<C>]: (payload: Payload<C, J>, context: JobContext) => Promise<void>;
};

/** Why a job is given up: for the log, and in words for people where whoever failed had some. */
interface Failure {
  readonly error: string;
  readonly words: string | undefined;
}

/** Gives a dead job its stated end, before it is buried. Tried again when it throws. */
export type DeadHandlers<C extends Catalog> = {
  readonly [J in JobName<C>]?: (payload: Payload<C, J>, failure: Failure) => Promise<void>;
};
