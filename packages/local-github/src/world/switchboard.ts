/** What stands in the way of a delivery: how the network treats webhooks that match. */
export interface MailRule {
  event: string | undefined;
  action: string | undefined;
  /** How many deliveries are still treated so; undefined for all. */
  times: number | undefined;
  treat: (send: () => Promise<void>) => Promise<void>;
}

/** Conditions of the world that people, plans and networks bring about. */
export interface Switchboard {
  /** Set while no runner takes a job; `freed` settles when they do again. */
  runnersHeld: { freed: Promise<void>; free: () => void } | undefined;
  /** Ids of accounts whose plan has no minutes left. */
  minutesUsedUp: Set<number>;
  mail: MailRule[];
}
