import type { IncomingMessage, ServerResponse } from "node:http";
import { createPool, SYSTEM_ROLE } from "@aicd/db";
import type { Logger, Metrics } from "@aicd/ops";
import type { Pool } from "pg";
import { type Answers, createAnswers } from "./answers.ts";
import { type Body, createBodies } from "./body.ts";
import { type Committer, createCommitter, IN_FLIGHT } from "./commit/committer.ts";
import { createStoring } from "./commit/storing.ts";
import { relaxCollections } from "./heap.ts";
import { type Head, REFUSALS, type Refusal, readHead } from "./request.ts";
import { createVerifier, type SignatureCheck } from "./signature.ts";

/** GitHub hangs up after 10 s; what is not durable by then must not look accepted. */
const ANSWER_MS = 8_000;
const CONNECT_MS = 3_000;

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
  const verify = createVerifier(deps.secrets.map((secret) => secret.reveal()));
  const pool = createPool({
    connectionString: addressOf(deps.pool),
    applicationName: "aicd-intake",
    role: SYSTEM_ROLE,
    max: IN_FLIGHT,
    statementTimeoutMs: ANSWER_MS,
    silenceTimeoutMs: ANSWER_MS + 1_000,
    connectTimeoutMs: CONNECT_MS,
    onError: (err) => deps.log.warn({ err }, "idle connection of the intake failed"),
  });
  const beginBody = createBodies();
  const committer = createCommitter(createStoring({ ...deps, pool }));
  const answers = createAnswers(deps.metrics);
  relaxCollections();

  return {
    handle(request, response) {
      const head = readHead(request);
      if ("status" in head) return answers.refuse(request, response, head);
      const signature = verify(request.headers["x-hub-signature-256"]);
      if (signature === undefined) return answers.refuse(request, response, REFUSALS.noSignature);
      const arrival = { request, response, head, signature };
      read({ ...arrival, beginBody }, answers, (body) => keep({ ...arrival, body }, answers, committer));
    },
    async close() {
      await committer.idle();
      await pool.end();
    },
  };
}

/** A webhook on its way in. */
type Arrival = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: Head;
  readonly signature: SignatureCheck;
};

/** Takes the body in. `whole` is called when all of it is there and was signed; what is not gets its answer here. */
function read(
  { request, response, signature, beginBody }: Arrival & { beginBody: ReturnType<typeof createBodies> },
  answers: Answers,
  whole: (body: Body) => void,
): void {
  let refused = false;
  const body = beginBody(() => refuse(REFUSALS.busy));

  function refuse(refusal: Refusal): void {
    refused = true;
    body.release();
    answers.refuse(request, response, refusal);
  }

  request.on("data", (chunk: Buffer) => {
    if (refused) return;
    const problem = body.push(chunk);
    if (problem === undefined) signature.push(chunk);
    else refuse(problem === "too-large" ? REFUSALS.tooLarge : REFUSALS.busy);
  });
  // Hung up half way: nothing was promised.
  request.once("close", () => request.complete || body.release());
  request.once("end", () => {
    if (refused) return;
    if (signature.matches()) whole(body);
    else refuse(REFUSALS.badSignature);
  });
}

/** Answers when it is durable, or not as far as we can promise. */
function keep(
  { request, response, head, body }: Arrival & { body: Body },
  answers: Answers,
  committer: Committer,
): void {
  const { bytes } = body;
  committer.add({ ...head, bytes }, body.take(), {
    withinMs: ANSWER_MS,
    settle(stored) {
      body.release();
      if (stored) answers.accept(response);
      else answers.refuse(request, response, REFUSALS.away);
    },
  });
}

function addressOf(pool: Pool): string {
  const { connectionString } = pool.options;
  if (connectionString === undefined)
    throw new Error("The intake needs a pool made from a connection string.");
  return connectionString;
}
