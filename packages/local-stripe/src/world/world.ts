import { randomBytes } from "node:crypto";
import type { FaultRule } from "../http/faults.ts";
import type { Kept } from "../http/idempotency.ts";
import type * as T from "./types.ts";

/** What is asked, or answered, unlike Stripe. */
export type Unexpected = { operation: string; detail: string };
/** What a Checkout session sells, which its object does not show. */
type Cart = {
  items: { price: string; quantity?: number }[];
  trialDays: number | undefined;
  metadata: T.Metadata;
};
/** What becomes of an invoice whose retries are over: the choice of the Dashboard's billing settings. */
export type AfterRetries = "cancel" | "unpaid" | "past_due";

/** Everything one account has. */
export type World = {
  url: string;
  key: string;
  apiVersion: string;
  afterRetries: AfterRetries;
  /** Seconds; the time of customers that have no test clock. */
  clock: () => number;
  /** The time at which something that was due happens, while it does. */
  present: number | undefined;
  customers: Map<string, T.Customer>;
  products: Map<string, T.Product>;
  prices: Map<string, T.Price>;
  paymentMethods: Map<string, T.PaymentMethod>;
  /** Payment methods that are declined. */
  declining: Set<string>;
  subscriptions: Map<string, T.Subscription>;
  /** Lines that wait for a subscription's next invoice. */
  pendingLines: Map<string, T.Line[]>;
  invoices: Map<string, T.Invoice>;
  charges: Map<string, T.Charge>;
  /** The invoice a charge paid. */
  chargeOf: Map<string, string>;
  refunds: Map<string, T.Refund>;
  disputes: Map<string, T.Dispute>;
  meters: Map<string, T.Meter>;
  meterEvents: T.MeterEvent[];
  /** Events whose customer is none: Stripe finds out later and tells by `v1.billing.meter.error_report_triggered`. */
  meterErrors: { identifier: string; customer: string }[];
  grants: Map<string, T.CreditGrant>;
  /** Cents of a grant that invoices took. */
  grantsUsed: Map<string, number>;
  sessions: Map<string, T.Session>;
  carts: Map<string, Cart>;
  portals: Map<string, T.PortalSession>;
  configurations: Map<string, { id: string } & Record<string, unknown>>;
  clocks: Map<string, T.Clock>;
  endpoints: Map<string, T.Endpoint>;
  events: Map<string, T.Event>;
  idempotent: Map<string, Kept>;
  faults: FaultRule[];
  unexpected: Unexpected[];
  /** Events that were not posted yet, while mail is held. */
  held: T.Event[] | undefined;
  posting: Set<Promise<void>>;
};

export function createWorld(given: Pick<World, "key" | "apiVersion" | "afterRetries" | "clock">): World {
  return {
    ...given,
    url: "",
    present: undefined,
    customers: new Map(),
    products: new Map(),
    prices: new Map(),
    paymentMethods: new Map(),
    declining: new Set(),
    subscriptions: new Map(),
    pendingLines: new Map(),
    invoices: new Map(),
    charges: new Map(),
    chargeOf: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    meters: new Map(),
    meterEvents: [],
    meterErrors: [],
    grants: new Map(),
    grantsUsed: new Map(),
    sessions: new Map(),
    carts: new Map(),
    portals: new Map(),
    configurations: new Map(),
    clocks: new Map(),
    endpoints: new Map(),
    events: new Map(),
    idempotent: new Map(),
    faults: [],
    unexpected: [],
    held: undefined,
    posting: new Set(),
  };
}

/** `cus_` and 14 signs, as Stripe's are. */
export function mint(prefix: string): string {
  const letters = randomBytes(24)
    .toString("base64")
    .replaceAll(/[^a-zA-Z0-9]/g, "");
  return `${prefix}_${letters.slice(0, 14)}`;
}

/** The time a customer lives in: that of its test clock, else the world's. */
export function nowOf(world: World, customerId: string | null): number {
  const clock = world.customers.get(customerId ?? "")?.test_clock;
  return world.clocks.get(clock ?? "")?.frozen_time ?? world.present ?? world.clock();
}
