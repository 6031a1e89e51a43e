import { Refusal } from "../../http/problems/problems.ts";
import { createKeyedLimit, type Leave } from "../../keyed-limit.ts";
import type { Watcher } from "./topic.ts";

/** Of the 1,000 connections that a process takes: the rest is for requests, runners and GitHub's webhooks. */
const WATCHERS = 600;
/** One organisation must not take the streams of all the others, nor one caller those of its organisation. */
const WATCHERS_PER_TENANT = 200;
const WATCHERS_PER_CALLER = 50;
const EVERYBODY = "";

/** How many streams may be open at once: `take` gives a seat or throws a Refusal. */
export function createSeats(): { take(watcher: Watcher): Leave } {
  const all = createKeyedLimit(WATCHERS);
  const tenants = createKeyedLimit(WATCHERS_PER_TENANT);
  const callers = createKeyedLimit(WATCHERS_PER_CALLER);

  return {
    take({ scope: { tenantId }, caller }) {
      const seats: (Leave | undefined)[] = [
        all.tryEnter(EVERYBODY),
        tenants.tryEnter(tenantId),
        callers.tryEnter(`${tenantId} ${caller}`),
      ];
      const leave = () => {
        for (const seat of seats) seat?.();
      };
      if (!seats.includes(undefined)) return leave;
      leave();
      throw tooMany();
    },
  };
}

export function tooMany(): Refusal {
  const detail = "Too many streams are open. Close some, or ask for events as pages.";
  return new Refusal("limited", detail, { headers: { "retry-after": "30" } });
}
