import { parseArgs } from "node:util";
import { startLocalStripe } from "./start.ts";

const USAGE = `Usage: local-stripe [--port 4100]

Starts a Stripe on this machine and prints its address and its secret key as JSON, one line.
Everything is gone when it stops.`;

const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, help: { type: "boolean", short: "h", default: false } },
});
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
} else {
  const stripe = await startLocalStripe({ port: Number(values.port) });
  process.stdout.write(`${JSON.stringify({ url: stripe.url, key: stripe.key })}\n`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => void stripe.stop());
}
