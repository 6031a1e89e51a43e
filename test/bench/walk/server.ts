/** The control plane of `bench:walk`: the real one, with GitHub's edge answered from memory. */
import { createLogger, createMetrics, createRedactor, createShutdown, Secret } from "@aicd/ops";
import { readConfig } from "../../../control-plane/src/env.ts";
import { start } from "../../../control-plane/src/wire.ts";
import { createEdge } from "./edge.ts";

const send = (message: unknown) => process.send?.(message);
const edge = createEdge((dispatch) => send({ kind: "dispatch", ...dispatch }));
const redactor = createRedactor();
const log = createLogger({
  redactor,
  level: "info",
  sink: {
    write(text) {
      const line = JSON.parse(text);
      // The edge has no git.
      if (line.level !== "info" && line.msg !== "repository not indexed")
        send({ kind: "problem", text: text.slice(0, 800) });
    },
  },
});
const { env, app } = readConfig();
if (app === undefined) throw new Error("the benchmark gives an App");
const shutdown = createShutdown({ logger: log });
await start(
  env,
  { ...app, webhookSecret: new Secret(app.webhookSecret.reveal()) },
  { log, metrics: createMetrics(), redactor, shutdown },
  { githubFetch: edge.fetch },
);
send({ kind: "ready" });
process.on("disconnect", () => void shutdown.begin("bench over"));
