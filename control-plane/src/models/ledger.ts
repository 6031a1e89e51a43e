import { LIMITS, type UsageId } from "@aicd/core";
import { type Database, noteUnderWay, type Scope, settle, type Used } from "@aicd/db";
import type { Logger } from "@aicd/ops";
import { every } from "../every.ts";
import type { UsageKeeper } from "./kept-usage.ts";

/** Kept usage is tried again this often. */
const RETRY_MS = 5_000;
/** How long a stopping server waits for what it has counted to be written. */
const CLOSE_MS = 8_000;

/** A call under way: whose it is, and how to end it. */
export type OpenCall = { scope: Scope; id: UsageId; cut: () => void };

/**
 * The money of the calls this server makes, from the moment it is held. Everything is settled once: by the vendor's
 * count, by what was counted when the answer was cut, or, where this server dies, by the sweep.
 */
export type Ledger = {
  open(call: OpenCall): void;
  /** Never throws: what cannot be written is kept and written later. "nothing": the call cost nothing. */
  settle(call: OpenCall, used: Used | "nothing"): Promise<void>;
  /** Nobody knows what the call came to; the sweep will hold it for the most. */
  abandon(call: OpenCall): void;
  /** Writes what was kept, and says that the rest is under way. */
  tend(): Promise<void>;
  /** Cuts what is under way, so that it is counted and booked before the database is let go. */
  close(): Promise<void>;
};

export function createLedger(deps: { db: Database; log: Logger; keeper: UsageKeeper }): Ledger {
  const { db, log, keeper } = deps;
  const calls = new Map<UsageId, OpenCall>();
  let empty: (() => void) | undefined;
  let closing = false;

  function leave(id: UsageId): void {
    calls.delete(id);
    if (calls.size === 0) empty?.();
  }

  async function write(scope: Scope, id: UsageId, used: Used | "nothing"): Promise<void> {
    await db.withTenant(scope, (tx) => settle(tx, id, used));
  }

  async function writeKept(): Promise<void> {
    for (const { tenantId, id, used } of await keeper.list()) {
      try {
        await write({ tenantId }, id, used);
        await keeper.forget(id);
        log.info({ tenantId, usageId: id }, "kept usage is written");
      } catch (err) {
        // One that cannot be written must not keep the others waiting; it is tried again with the next round.
        log.warn({ err, tenantId, usageId: id }, "kept usage is not written yet");
      }
    }
  }

  const rounds = [
    every(RETRY_MS, "kept-usage", log, writeKept),
    every(LIMITS.callHeartbeatMs, "calls-under-way", log, () => noteUnderWay(db.system, [...calls.keys()])),
  ];

  return {
    open(call) {
      calls.set(call.id, call);
      if (closing) call.cut();
    },
    async settle({ scope, id }, used) {
      try {
        await write(scope, id, used);
      } catch (err) {
        log.error({ err, ...scope, usageId: id, used }, "usage is not written yet; it is kept");
        await keeper.keep({ ...scope, id, used });
      }
      leave(id);
    },
    abandon: ({ id }) => leave(id),
    async tend() {
      await writeKept();
      await noteUnderWay(db.system, [...calls.keys()]);
    },
    async close() {
      closing = true;
      const written = new Promise<void>((resolve) => {
        empty = resolve;
      });
      for (const call of calls.values()) call.cut();
      if (calls.size > 0) {
        const timer = setTimeout(() => empty?.(), CLOSE_MS);
        await written;
        clearTimeout(timer);
      }
      await Promise.all(rounds.map((round) => round.close()));
    },
  };
}
