import { createHmac } from "node:crypto";

/** The header `Stripe-Signature` of docs.stripe.com/webhooks/signature: `t=` seconds, `v1=` HMAC-SHA256 of `t.payload`. */
export function sign(payload: string, secret: string, at: number): string {
  const mac = createHmac("sha256", secret).update(`${at}.${payload}`).digest("hex");
  return `t=${at},v1=${mac}`;
}
