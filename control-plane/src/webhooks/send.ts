import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { faultOf, pinned, type ResolveHost, resolveHost } from "./address.ts";

/** Connecting, sending and the beginning of the answer together. */
const TIMEOUT_MS = 15_000;
/** What is kept of an answer: enough to see what is wrong. */
const ANSWER_BYTES = 2_048;

/** `status` null: there was no answer, and `error` says why. */
export type Sent = { status: number | null; answer: string | null; error: string | undefined };

export type WebhookSender = {
  /** `allow`: also to this machine and its networks, and without TLS. An operator's explicit choice. */
  readonly privateAddresses: "allow" | "refuse";
  /** Never throws: what goes wrong is an answer too. Follows no redirect. */
  send(
    message: { url: string; headers: Record<string, string>; body: string },
    signal: AbortSignal,
  ): Promise<Sent>;
};

export function createWebhookSender(options: {
  privateAddresses: "allow" | "refuse";
  resolve?: ResolveHost;
}): WebhookSender {
  const { privateAddresses, resolve = resolveHost } = options;
  const where = privateAddresses === "allow" ? {} : { lookup: pinned(resolve) };
  return {
    privateAddresses,
    async send({ url, headers, body }, signal) {
      const to = new URL(url);
      // Asked again: the operator may have forbidden meanwhile what was allowed when it was set.
      const fault = faultOf(to, privateAddresses);
      if (fault !== undefined) return { status: null, answer: null, error: fault };
      const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      try {
        const response = await post(to, { headers, body, signal: until, ...where });
        const status = response.statusCode ?? 0;
        const answer = await beginningOf(response);
        return { status, answer, error: complaintOf(status) };
      } catch (error) {
        // Of a connection that failed there is nothing more to know than its words.
        return { status: null, answer: null, error: wordsOf(error) };
      }
    },
  };
}

type Posted = {
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
  lookup?: ReturnType<typeof pinned>;
};

function post(url: URL, { body, headers, ...rest }: Posted): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  const length = String(Buffer.byteLength(body));
  const sending = request(url, {
    ...rest,
    method: "POST",
    // A connection of its own: one that is kept open was checked for another name.
    agent: false,
    headers: {
      "user-agent": "AI-CD-Webhooks/1",
      "content-type": "application/json",
      "content-length": length,
      ...headers,
    },
  });
  sending.once("response", resolve);
  sending.on("error", reject);
  sending.end(body);
  return promise;
}

/** Hangs up when there is more. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= ANSWER_BYTES) break;
  }
  // Postgres takes no NUL in a text.
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString().replaceAll("\0", "");
}

function complaintOf(status: number): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) {
    return `It answered ${status}, and redirects are not followed: give the address it leads to.`;
  }
  return `It answered ${status}; 2xx says that the event was taken.`;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return "The connection failed.";
  if (error.name === "TimeoutError" || error.name === "AbortError") {
    return `There was no whole answer within ${TIMEOUT_MS / 1000} s.`;
  }
  return error.message === "" ? "The connection failed." : error.message;
}
