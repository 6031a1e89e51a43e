import { setTimeout as pause } from "node:timers/promises";
import { type Counted, priceOf, priceTokens } from "@aicd/core";
import { type Attempt, bookUsage, type Scope } from "@aicd/db";
import type { Deps } from "../deps.ts";
import type { VendorName } from "./vendors.ts";

/** The key makes a second booking of the same call harmless. */
const BOOKING_TRIES = 3;
const BOOKING_PAUSE_MS = 500;

/** Writes down what an answer cost. Never throws: the caller has its answer by now. */
export async function book(
  deps: Deps,
  scope: Scope,
  attempt: Attempt,
  used: { name: VendorName; key: string; call: { model: string }; counted: Counted },
): Promise<void> {
  const { tokens, model = used.call.model, estimated } = used.counted;
  if (tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite === 0) return;
  const about = { ...scope, attemptId: attempt.id, key: used.key, model, tokens };
  if (estimated) deps.log.warn(about, "usage estimated: the answer ended without its count");
  for (let tries = 1; tries <= BOOKING_TRIES; tries++) {
    try {
      await deps.db.withTenant(scope, (tx) =>
        bookUsage(tx, deps.mint, {
          key: used.key,
          taskId: attempt.taskId,
          attemptId: attempt.id,
          provider: used.name,
          model,
          tokens,
          price: priceOf(model),
          microUsd: priceTokens(model, tokens),
        }),
      );
      return;
    } catch (err) {
      // The caller has its answer already; the row that is missing is an operator's matter.
      deps.log.error({ err, tries, ...about }, "usage not booked");
      if (tries < BOOKING_TRIES) await pause(tries * BOOKING_PAUSE_MS);
    }
  }
}
