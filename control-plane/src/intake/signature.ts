import { createHmac, createSecretKey, type Hmac, timingSafeEqual } from "node:crypto";

const HEADER = /^sha256=([0-9a-f]{64})$/;

/** A running check of one body against its signature, fed as the bytes arrive. */
export interface SignatureCheck {
  push(chunk: Uint8Array): void;
  matches(): boolean;
}

/**
 * @param secrets the webhook's secret, and during a rotation the one before or after it
 * @returns a function of the X-Hub-Signature-256 header: undefined when it is missing or malformed, which
 *   includes a request signed with SHA-1 only
 * @throws Error on an empty secret, which would accept anybody
 */
export function createVerifier(
  secrets: readonly string[],
): (header: string | string[] | undefined) => SignatureCheck | undefined {
  if (secrets.length === 0 || secrets.some((secret) => secret === "")) {
    throw new Error("Webhooks cannot be verified with an empty secret. Set WEBHOOK_SECRET.");
  }
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  return (header) => {
    const digest = typeof header === "string" ? HEADER.exec(header)?.[1] : undefined;
    if (digest === undefined) return undefined;
    const given = Buffer.from(digest, "hex");
    const hmacs = keys.map((key) => createHmac("sha256", key));
    return {
      push(chunk) {
        for (const hmac of hmacs) hmac.update(chunk);
      },
      // No early end: which of the secrets fits is nobody's business.
      matches: () => hmacs.filter((hmac) => equals(hmac, given)).length > 0,
    };
  };
}

function equals(hmac: Hmac, given: Buffer): boolean {
  const expected = hmac.digest();
  return expected.length === given.length && timingSafeEqual(expected, given);
}
