import type { IncomingMessage, ServerResponse } from "node:http";
import { createPool, SYSTEM_ROLE } from "@aicd/db";
import type { Logger, Metrics } from "@aicd/ops";
import type { Pool } from "pg";
import { createBodies } from "./body.ts";
import { createCommitter, IN_FLIGHT } from "./committer.ts";
import { relaxCollections } from "./heap.ts";
import { REFUSALS, type Refusal, readHead } from "./request.ts";
import { createVerifier } from "./signature.ts";
import { type Batch, insertBatch } from "./store.ts";

/** GitHub hangs up after 10 s; what is not durable by then must not look accepted. */
const ANSWER_MS = 8_000;
const CONNECT_MS = 3_000;
const RETRY_AFTER_SECONDS = "30";
/** Bytes we are ready to throw away so that a sender learns of its mistake. */
const HEARD_OUT_BYTES = 128 * 1024 * 1024;
const NO_BODY = { "content-length": "0" };

export interface Intake {
  /** For POST /api/github/webhooks, on the bare request: nothing may have read its body. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Waits for what is being written. Stop accepting connections first. */
  close(): Promise<void>;
}

/**
 * Makes webhooks durable, then answers 202. Requests that arrive together share a transaction.
 * @param deps.pool says where the database is; the intake has connections of its own, so that the answer
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
  const pool = createPool({
    connectionString: addressOf(deps.pool),
    applicationName: "aicd-intake",
    role: SYSTEM_ROLE,
    max: IN_FLIGHT,
    statementTimeoutMs: ANSWER_MS,
    silenceTimeoutMs: ANSWER_MS + 1_000,
    connectTimeoutMs: CONNECT_MS,
    onError: (err) => log.warn({ err }, "idle connection of the intake failed"),
  });
  const beginBody = createBodies();
  const committer = createCommitter(store);
  const answers = metrics.aicd_webhooks_total;
  const accepted = answers.labels({ status: 202 });
  relaxCollections();

  async function store(batch: Batch): Promise<void> {
    const stop = metrics.aicd_webhook_commit_seconds.startTimer();
    const count = batch.deliveries.length;
    try {
      await insertBatch(pool, batch);
    } catch (error) {
      reportFailure(error, count);
      throw error;
    }
    stop();
    metrics.aicd_webhook_batch_deliveries.observe(count);
    poke();
  }

  let failed = 0;
  let reportAt = 0;
  /** A line per second at most: while Postgres is away every batch fails. */
  function reportFailure(err: unknown, count: number): void {
    failed += count;
    if (performance.now() < reportAt) return;
    log.error({ err, count: failed }, "webhooks could not be stored");
    failed = 0;
    reportAt = performance.now() + 1_000;
  }

  function refuse(request: IncomingMessage, response: ServerResponse, { status, reason }: Refusal): void {
    answers.inc({ status });
    const body = JSON.stringify({ error: reason });
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...(status === 503 ? { "retry-after": RETRY_AFTER_SECONDS } : {}),
      // Closed at once, the connection would be reset before a sender still busy with a large body had read
      // why. One that says how much is coming is heard out, unread; the request's time limit ends the rest.
      ...(request.complete || isBounded(request) ? {} : { connection: "close" }),
    });
    response.end(body);
    request.resume();
  }

  return {
    handle(request, response) {
      const head = readHead(request);
      if ("status" in head) return refuse(request, response, head);
      const signature = verify(request.headers["x-hub-signature-256"]);
      if (signature === undefined) return refuse(request, response, REFUSALS.noSignature);
      const body = beginBody();
      let refused = false;

      request.on("data", (chunk: Buffer) => {
        if (refused) return;
        const problem = body.push(chunk);
        if (problem !== undefined) {
          refused = true;
          body.release();
          refuse(request, response, problem === "too-large" ? REFUSALS.tooLarge : REFUSALS.busy);
          return;
        }
        signature.push(chunk);
      });
      // Hung up half way: nothing was promised.
      request.once("close", () => request.complete || body.release());
      request.once("end", () => {
        if (refused) return;
        const { bytes } = body;
        if (!signature.matches()) {
          body.release();
          refuse(request, response, REFUSALS.badSignature);
          return;
        }
        committer.add({ ...head, bytes }, body.take(), {
          withinMs: ANSWER_MS,
          settle(stored) {
            body.release();
            if (!stored) return refuse(request, response, REFUSALS.away);
            accepted.inc();
            response.writeHead(202, NO_BODY).end();
          },
        });
      });
    },
    async close() {
      await committer.idle();
      await pool.end();
    },
  };
}

function addressOf(pool: Pool): string {
  const { connectionString } = pool.options;
  if (connectionString === undefined)
    throw new Error("The intake needs a pool made from a connection string.");
  return connectionString;
}

function isBounded(request: IncomingMessage): boolean {
  return Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY) <= HEARD_OUT_BYTES;
}
