import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { verifyWebhook } from "./index.ts";

const secret = `whsec_${Buffer.from("k".repeat(32)).toString("base64")}`;
const body = JSON.stringify({ id: "wev_1", type: "task.merged", sequence: 1, data: {} });
const now = 1_795_000_000_000;

function headers(at = now, text = body, with_ = "k".repeat(32)) {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac("sha256", with_).update(`wev_1.${timestamp}.${text}`).digest("base64");
  return {
    "webhook-id": "wev_1",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1a,x v1,AAAA v1,${signature}`,
  };
}

test.each([
  ["a plain object of headers", headers()],
  ["Headers", new Headers(headers())],
])("takes what was signed, from %s", async (_, given) => {
  expect(await verifyWebhook({ headers: given, body }, secret, now)).toMatchObject({ type: "task.merged" });
});

test.each([
  ["another body", { headers: headers(), body: `${body} ` }, /No signature/],
  ["another secret", { headers: headers(now, body, "x".repeat(32)), body }, /No signature/],
  ["another id", { headers: { ...headers(), "webhook-id": "wev_2" }, body }, /No signature/],
  ["an old message", { headers: headers(now - 301_000), body }, /older than five minutes/],
  ["a message of tomorrow", { headers: headers(now + 301_000), body }, /clocks/],
  ["no time", { headers: { ...headers(), "webhook-timestamp": "soon" }, body }, /older than five minutes/],
  [
    "no signature",
    { headers: { ...headers(), "webhook-signature": undefined }, body },
    /no header webhook-sig/,
  ],
  [
    "a signature of garbage",
    { headers: { ...headers(), "webhook-signature": "v1,%%%" }, body },
    /No signature/,
  ],
])("refuses %s", async (_, request, words) => {
  await expect(verifyWebhook(request, secret, now)).rejects.toThrow(words);
});
