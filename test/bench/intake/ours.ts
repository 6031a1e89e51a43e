import { createServer } from "node:http";
import { createPool } from "@aicd/db";
import { createLogger, createMetrics, createRedactor } from "@aicd/ops";
import { createIntake } from "../../../control-plane/src/intake/intake.ts";
import { SECRET } from "./contract.ts";

/** The intake as the control plane mounts it: before everything else, on the bare request. */
const redactor = createRedactor();
const log = createLogger({ redactor, level: "error" });
const pool = createPool({
  connectionString: process.argv[2] ?? "",
  applicationName: "bench-intake",
  max: 2,
  onError: (err) => log.error({ err }, "connection lost"),
});
const intake = createIntake({
  pool,
  secrets: [{ reveal: () => SECRET }],
  poke: () => {},
  log,
  metrics: createMetrics(),
});
const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, intake.handle);
server.maxHeadersCount = 100;
server.maxConnections = 1_000;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as { port: number }).port }));
process.once("disconnect", () => process.exit(0));
