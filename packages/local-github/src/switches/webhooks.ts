import { setTimeout as wait } from "node:timers/promises";
import { track } from "../webhooks/deliver.ts";
import type { Mail, MailRule } from "../world/switchboard.ts";
import type { World } from "../world/world.ts";

/** Which events; those of every kind when nothing is said. `times` is how many, all of them when absent. */
interface Which {
  event?: string;
  action?: string;
  times?: number;
}

/**
 * What happens to webhooks on their way. docs.github.com "Best practices for using webhooks" and "Handling failed
 * webhook deliveries" promise neither order nor that each arrives, and nothing is delivered again by itself.
 */
export interface WebhookSwitches {
  /** They arrive later. */
  delay(which: Which & { ms: number }): void;
  /** They arrive twice, under the same id. */
  double(which?: Which): void;
  /** They do not arrive; the App finds them among its failed deliveries and can ask for them again. */
  drop(which?: Which): void;
  /** The next `count` wait for each other and arrive in another order, the same for the same seed. */
  shuffle(which: Which & { count: number; seed?: number }): void;
  /** Delivers what waits to be shuffled, and treats nothing specially any more. */
  clear(): void;
}

export function createWebhookSwitches(world: World): WebhookSwitches {
  const waiting = new Set<() => void>();
  const add = ({ event, action, times }: Which, treat: MailRule["treat"]) => {
    world.switches.mail.push({ event, action, left: times ?? Number.POSITIVE_INFINITY, treat });
  };
  return {
    delay({ ms, ...which }) {
      const { signal } = world.switches.stopping;
      add(which, (mail) => {
        const late = wait(ms, undefined, { signal }).then(mail.deliver);
        // Only stopping ends the wait early, and then nobody is left to tell.
        track(
          world,
          late.then(() => undefined).catch(() => undefined),
        );
      });
    },
    double(which = {}) {
      add(which, (mail) => void mail.deliver().then(mail.deliver));
    },
    drop: (which = {}) => add(which, (mail) => mail.fail()),
    shuffle({ count, seed = 1, ...which }) {
      const held: Mail[] = [];
      const send = () => {
        waiting.delete(send);
        for (const mail of shuffled(held.splice(0), seed)) void mail.deliver();
      };
      waiting.add(send);
      add({ ...which, times: count }, (mail) => {
        held.push(mail);
        if (held.length === count) send();
      });
    },
    clear() {
      world.switches.mail.splice(0);
      for (const send of [...waiting]) send();
    },
  };
}

/** Fisher and Yates, by a small generator that gives the same order for the same seed. */
function shuffled<T>(list: T[], seed: number): T[] {
  const left = [...list];
  const out: T[] = [];
  for (let state = seed; left.length > 0; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    out.push(...left.splice(state % left.length, 1));
  }
  return out;
}
