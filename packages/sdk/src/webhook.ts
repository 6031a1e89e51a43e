/** An event that an endpoint is told; `data` is what the document says for its `type`. */
export type WebhookEvent = {
  /** The same in every try: whoever has seen it has seen the event. */
  id: string;
  type: string;
  timestamp: string;
  organization: string;
  /** Events of one subject arrive one after another, by `sequence`. */
  subject: string;
  sequence: number;
  data: Record<string, unknown>;
};

/** How far the sender's clock and ours may be apart, and how old a message may be that somebody kept. */
const TOLERANCE_S = 300;

/**
 * The event of a request to your endpoint, if it is AI-CD's and fresh (Standard Webhooks).
 * @param request.body as it came, byte for byte: not parsed and written anew
 * @param secret `whsec_…`, of the endpoint
 * @throws Error that says what is wrong: answer 400 then, and believe nothing of it
 */
export async function verifyWebhook(
  request: { headers: Headers | Record<string, string | string[] | undefined>; body: string },
  secret: string,
  now = Date.now(),
): Promise<WebhookEvent> {
  const id = headerOf(request.headers, "webhook-id");
  const timestamp = headerOf(request.headers, "webhook-timestamp");
  const signatures = headerOf(request.headers, "webhook-signature").split(" ");
  if (!(Math.abs(now / 1_000 - Number(timestamp)) <= TOLERANCE_S)) {
    throw new Error("The message is older than five minutes, or one of the two clocks is wrong.");
  }
  const key = await crypto.subtle.importKey(
    "raw",
    bytesOf(secret.replace(/^whsec_/, "")),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${request.body}`);
  for (const signature of signatures) {
    if (!signature.startsWith("v1,")) continue;
    if (await crypto.subtle.verify("HMAC", key, bytesOf(signature.slice(3)), signed)) {
      return JSON.parse(request.body) as WebhookEvent;
    }
  }
  throw new Error("No signature of the message is by this secret.");
}

function headerOf(headers: Parameters<typeof verifyWebhook>[0]["headers"], name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== "string" || value === "") throw new Error(`The request has no header ${name}.`);
  return value;
}

/** Base64 as bytes; what is none is a signature of nothing. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
