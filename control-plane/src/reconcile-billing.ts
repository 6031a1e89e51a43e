import { createLogger, createMetrics, createRedactor, createShutdown, EnvError, Secret } from "@aicd/ops";
import { reconcileStripe } from "./billing/reconcile.ts";
import { readCommandConfig } from "./command-config.ts";
import { openStores } from "./wire/stores.ts";
import { openBilling } from "./wire/stripe.ts";

/**
 * `npm run aicd -- admin billing reconcile`: every difference between the ledger and Stripe, one JSON object a line.
 * Ends with 0 when there is none, with 2 when there are. Changes nothing.
 */
try {
  const { env } = readCommandConfig();
  const billing = openBilling(env);
  if (billing?.stripe === undefined) throw new Error("nothing is sold here: STRIPE_SECRET_KEY is not set");
  const redactor = createRedactor();
  for (const value of Object.values(env)) if (value instanceof Secret) redactor.register(value.reveal());
  const log = createLogger({ level: "error", redactor, lines: "readable" });
  const shutdown = createShutdown({ logger: log });
  const { db } = await openStores(env, { log, metrics: createMetrics(), redactor, shutdown });
  const differences = await reconcileStripe({ db, log, now: Date.now, billing });
  for (const difference of differences) process.stdout.write(`${JSON.stringify(difference)}\n`);
  process.stderr.write(
    differences.length === 0
      ? "The ledger and Stripe say the same.\n"
      : `${differences.length} differences. What is not reported yet goes out within the hour; the rest needs a person.\n`,
  );
  await shutdown.begin("compared", differences.length === 0 ? 0 : 2);
} catch (error) {
  process.stderr.write(
    `${error instanceof EnvError ? error.message : `Nothing was compared: ${(error as Error).message}`}\n`,
  );
  process.exitCode = 1;
}
