import type { Delivery } from "../webhooks/delivery.ts";

/** One event on its way to one App. */
export interface Mail {
  event: string;
  action: string | null;
  deliver: () => Promise<Delivery>;
  /** Records that the App could not be reached, without asking it. */
  fail: () => void;
}

/** How the network treats the events that match. */
export interface MailRule {
  event: string | undefined;
  action: string | undefined;
  /** How many are still treated so. */
  left: number;
  treat: (mail: Mail) => void;
}

interface HeldRunners {
  /** Runs that wait, by id, each with what lets it go on. */
  waiting: Map<number, () => void>;
  /** Ids of runs that a runner takes nevertheless. */
  let: Set<number>;
  /** Settles when the next run begins to wait. */
  oneMore: PromiseWithResolvers<void>;
}

/** Conditions of the world that people, plans and networks bring about. */
export interface Switchboard {
  /** Set while no runner takes a job but those of the runs that are let through. */
  runnersHeld: HeldRunners | undefined;
  /** Ids of accounts whose plan has no minutes left. */
  minutesUsedUp: Set<number>;
  mail: MailRule[];
  /** Aborted when this GitHub stops, with what is still under way. */
  stopping: AbortController;
}
