import type { AddressInfo } from "node:net";
import { published } from "./contract/published.ts";
import { post } from "./events/post.ts";
import type { FaultRule } from "./http/faults.ts";
import { createServer } from "./http/server.ts";
import { closeDispute, openDispute } from "./payments/disputes.ts";
import type * as T from "./world/types.ts";
import { type AfterRetries, createWorld, type Unexpected, type World } from "./world/world.ts";

export type { AfterRetries, FaultRule, Unexpected };

export type LocalStripeOptions = {
  /** 0, the default, takes a free one. */
  port?: number;
  host?: string;
  /** The secret key that is let in. */
  key?: string;
  /** What becomes of a subscription whose invoice stays unpaid: `cancel` when absent. */
  afterRetries?: AfterRetries;
  /** Seconds; the system's clock when absent. */
  clock?: () => number;
};

/** A Stripe that runs in this process and listens on one port. */
export type LocalStripe = {
  readonly url: string;
  readonly key: string;
  /** What was asked, or answered, unlike Stripe. Tests assert that it is empty. */
  readonly unexpected: readonly Unexpected[];
  readonly events: readonly T.Event[];
  readonly invoices: readonly T.Invoice[];
  readonly meterEvents: readonly T.MeterEvent[];
  readonly faults: { set(fault: FaultRule): void; clear(): void };
  /** From now on events are kept back, until `deliver` posts them as it is told. */
  hold(): void;
  /** Posts what is held, in the order, and as often, as `arrange` puts it; resolves when all was heard. */
  deliver(arrange?: (events: T.Event[]) => T.Event[]): Promise<void>;
  /** Resolves when no event is under way. */
  settled(): Promise<void>;
  /** Posts events once more, or late. */
  redeliver(events: readonly T.Event[]): Promise<void>;
  /** What a bank does to the card that paid an invoice, or would pay the next. */
  bank: {
    decline(paymentMethod: string): void;
    accept(paymentMethod: string): void;
    dispute(charge: string): T.Dispute;
    decide(dispute: string, outcome: "won" | "lost"): void;
  };
  stop(): Promise<void>;
};

export async function startLocalStripe(options: LocalStripeOptions = {}): Promise<LocalStripe> {
  const { port = 0, host = "127.0.0.1", key = "sk_test_local", afterRetries = "cancel" } = options;
  const clock = options.clock ?? (() => Math.floor(Date.now() / 1_000));
  const world = createWorld({ key, afterRetries, clock, apiVersion: published().version });
  const server = createServer(world);
  await server.listen({ port, host });
  world.url = `http://${host}:${(server.server.address() as AddressInfo).port}`;
  return {
    url: world.url,
    key,
    unexpected: world.unexpected,
    get events() {
      return [...world.events.values()];
    },
    get invoices() {
      return [...world.invoices.values()];
    },
    meterEvents: world.meterEvents,
    faults: {
      set: (fault) => void world.faults.push({ ...fault }),
      clear: () => void world.faults.splice(0),
    },
    ...mailOf(world),
    bank: {
      decline: (method) => void world.declining.add(method),
      accept: (method) => void world.declining.delete(method),
      dispute: (charge) => openDispute(world, charge),
      decide: (dispute, outcome) => closeDispute(world, dispute, outcome),
    },
    stop: () => server.close(),
  };
}

function mailOf(world: World): Pick<LocalStripe, "hold" | "deliver" | "settled" | "redeliver"> {
  const settled = async () => {
    while (world.posting.size > 0) await Promise.all(world.posting);
  };
  /** One after the other, so that the order is the receiver's too. */
  const send = async (events: readonly T.Event[]) => {
    for (const event of events) {
      post(world, event);
      await settled();
    }
  };
  return {
    settled,
    hold() {
      world.held ??= [];
    },
    async deliver(arrange = (events) => events) {
      const held = world.held ?? [];
      world.held = undefined;
      await send(arrange(held));
    },
    redeliver: send,
  };
}
