import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger, Metrics } from "@aicd/ops";
import type { Pool } from "pg";
import { createBodies } from "./body.ts";
import { createCommitter } from "./committer.ts";
import { REFUSALS, type Refusal, readHead } from "./request.ts";
import { createVerifier } from "./signature.ts";
import { startWriter } from "./thread.ts";

/** GitHub hangs up after 10 s; what is not durable by then must not look accepted. */
const ANSWER_MS = 8_000;
const RETRY_AFTER_SECONDS = "30";
const NO_BODY = { "content-length": "0" };

export interface Intake {
  /** For POST /api/github/webhooks, on the bare request: nothing may have read its body. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Waits for what is being written. Stop accepting connections first. */
  close(): Promise<void>;
}

/**
 * Makes webhooks durable, then answers 202. Requests that arrive together share a transaction.
 * This thread speaks HTTP and checks signatures; a second one checks the JSON, packs and writes.
 * @param deps.pool says where the database is; the writer has connections of its own, so that the answer
 *   does not wait for the rest of the program
 * @param deps.secrets one, or two while the secret is being changed
 * @param deps.poke called after a commit that brought work
 */
export function createIntake(deps: {
  pool: Pool;
  secrets: readonly { reveal(): string }[];
  poke: () => void;
  log: Logger;
  metrics: Metrics;
}): Intake {
  const { poke, log, metrics } = deps;
  const verify = createVerifier(deps.secrets.map((secret) => secret.reveal()));
  const beginBody = createBodies();
  const writer = startWriter({
    connectionString: addressOf(deps.pool),
    onDeath: (error) => log.error({ err: error }, "intake writer died"),
  });
  const committer = createCommitter(writer, ({ deliveries, seconds, failure }) => {
    if (failure !== undefined) {
      log.error({ deliveries, reason: failure }, "webhooks could not be stored");
      return;
    }
    metrics.aicd_webhook_commit_seconds.observe(seconds);
    metrics.aicd_webhook_batch_deliveries.observe(deliveries);
    poke();
  });
  const answers = metrics.aicd_webhooks_total;
  const accepted = answers.labels({ status: 202 });

  function refuse(request: IncomingMessage, response: ServerResponse, { status, reason }: Refusal): void {
    answers.inc({ status });
    const body = JSON.stringify({ error: reason });
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...(status === 503 ? { "retry-after": RETRY_AFTER_SECONDS } : {}),
      // A body that nobody reads is not worth keeping the connection for.
      ...(request.complete ? {} : { connection: "close" }),
    });
    response.end(body);
  }

  return {
    handle(request, response) {
      const head = readHead(request);
      if ("status" in head) return refuse(request, response, head);
      const signature = verify(request.headers["x-hub-signature-256"]);
      if (signature === undefined) return refuse(request, response, REFUSALS.noSignature);
      const body = beginBody(head.announced);
      let refused = false;

      request.on("data", (chunk: Buffer) => {
        if (refused) return;
        signature.push(chunk);
        const problem = body.push(chunk);
        if (problem === undefined) return;
        refused = true;
        body.release();
        refuse(request, response, problem === "too-large" ? REFUSALS.tooLarge : REFUSALS.busy);
      });
      // Hung up half way: nothing was promised.
      request.once("close", body.release);
      request.once("end", () => {
        if (refused) return;
        if (!signature.matches()) return refuse(request, response, REFUSALS.badSignature);
        const { id, event } = head;
        committer.add({ id, event, bytes: body.bytes }, body, {
          withinMs: ANSWER_MS,
          settle(verdict) {
            if (verdict === undefined) return refuse(request, response, REFUSALS.away);
            if (verdict === "not-json") return refuse(request, response, REFUSALS.notJson);
            accepted.inc();
            response.writeHead(202, NO_BODY).end();
          },
        });
        body.release();
      });
    },
    async close() {
      await committer.idle();
      await writer.close();
    },
  };
}

function addressOf(pool: Pool): string {
  const { connectionString } = pool.options;
  if (connectionString === undefined)
    throw new Error("The intake needs a pool made from a connection string.");
  return connectionString;
}
