import type { IncomingMessage, ServerResponse } from "node:http";
import type { Metrics } from "@aicd/ops";
import type { Refusal } from "./request.ts";

const RETRY_AFTER_SECONDS = "30";
/** Bytes we are ready to throw away so that a sender learns of its mistake. */
const HEARD_OUT_BYTES = 128 * 1024 * 1024;
const NO_BODY = { "content-length": "0" };

export interface Answers {
  accept(response: ServerResponse): void;
  refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void;
}

/** What a sender of webhooks is told, counted. */
export function createAnswers({ aicd_webhooks_total: answers }: Metrics): Answers {
  const accepted = answers.labels({ status: 202 });

  return {
    accept(response) {
      accepted.inc();
      response.writeHead(202, NO_BODY).end();
    },
    refuse(request, response, { status, reason }) {
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
    },
  };
}

function isBounded(request: IncomingMessage): boolean {
  return Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY) <= HEARD_OUT_BYTES;
}
