import type { IncomingMessage, ServerResponse } from "node:http";
import { LIMITS } from "@aicd/core";
import type { Logger, Metrics } from "@aicd/ops";
import type { Pool } from "pg";
import { createCommitter } from "./committer.ts";
import { createJsonCheck } from "./json.ts";
import { BAD_SIGNATURE, NOT_JSON, type Refusal, readHead, TOO_LARGE } from "./request.ts";
import { createVerifier } from "./signature.ts";
import { insertBatch } from "./store.ts";

/** GitHub hangs up after 10 s; what is not durable by then must not look accepted. */
const ANSWER_MS = 8_000;
const RETRY_AFTER_SECONDS = "30";
/** Bodies in memory at the same time, received or waiting for their commit. */
const HELD_BYTES = 128 * 1024 * 1024;

const MISSING_SIGNATURE: Refusal = { status: 401, reason: "X-Hub-Signature-256 is missing or malformed." };
const BUSY: Refusal = { status: 503, reason: "Too much is on its way in. Send it again." };
const AWAY: Refusal = { status: 503, reason: "The delivery could not be stored. Send it again." };

export interface Intake {
  /** For POST /api/github/webhooks, on the bare request: nothing may have read its body. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Waits for the commits that run. Stop accepting connections first. */
  close(): Promise<void>;
}

/**
 * Makes webhooks durable, then answers 202. Requests that arrive together share a transaction.
 * @param deps.pool its own small pool, so that a busy rest of the program does not delay the answer
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
  const { pool, poke, log, metrics } = deps;
  const verify = createVerifier(deps.secrets.map((secret) => secret.reveal()));
  const committer = createCommitter(async (batch) => {
    const stop = metrics.aicd_webhook_commit_seconds.startTimer();
    const count = batch.deliveries.length;
    try {
      await insertBatch(pool, batch);
    } catch (error) {
      log.error({ err: error, count }, "webhooks could not be stored");
      throw error;
    }
    stop();
    metrics.aicd_webhook_batch_deliveries.observe(count);
    poke();
  });
  const counted = metrics.aicd_webhooks_total;
  const accepted = counted.labels({ status: 202 });
  let heldBytes = 0;

  function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    if (response.headersSent) return;
    counted.inc({ status: refusal.status });
    const body = JSON.stringify({ error: refusal.reason });
    response.writeHead(refusal.status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...(refusal.status === 503 ? { "retry-after": RETRY_AFTER_SECONDS } : {}),
      // An unread body is not worth keeping the connection for.
      ...(request.complete ? {} : { connection: "close" }),
    });
    response.end(body);
  }

  return {
    handle(request, response) {
      const head = readHead(request);
      if ("status" in head) return refuse(request, response, head);
      const signature = verify(request.headers["x-hub-signature-256"]);
      if (signature === undefined) return refuse(request, response, MISSING_SIGNATURE);
      if (heldBytes > HELD_BYTES) return refuse(request, response, BUSY);

      const json = createJsonCheck();
      const chunks: Buffer[] = [];
      let bytes = 0;
      let isJson = true;
      let released = false;
      function release(): void {
        if (released) return;
        released = true;
        heldBytes -= bytes;
      }

      request.on("data", (chunk: Buffer) => {
        if (released) return;
        heldBytes += chunk.length;
        bytes += chunk.length;
        if (bytes > LIMITS.webhookBodyBytes) {
          release();
          chunks.length = 0;
          refuse(request, response, TOO_LARGE);
          return;
        }
        signature.push(chunk);
        isJson &&= json.push(chunk);
        chunks.push(chunk);
      });
      request.once("close", () => {
        if (!request.complete) release(); // hung up half way: nothing was promised
      });
      request.once("end", () => {
        if (released) return;
        const refusal = !signature.matches() ? BAD_SIGNATURE : isJson && json.end() ? undefined : NOT_JSON;
        if (refusal) {
          release();
          refuse(request, response, refusal);
          return;
        }
        committer.add({ ...head, bytes }, chunks, {
          withinMs: ANSWER_MS,
          settle(stored) {
            release();
            if (!stored) return refuse(request, response, AWAY);
            accepted.inc();
            response.writeHead(202, NO_BODY).end();
          },
        });
      });
    },
    close: () => committer.idle(),
  };
}

const NO_BODY = { "content-length": "0" };
