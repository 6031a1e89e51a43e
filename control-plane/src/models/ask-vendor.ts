import { type AdmittedCall, AicdError } from "@aicd/core";
import type { Vendor, VendorName } from "./vendors.ts";

/**
 * Sends an admitted call to its vendor, with the vendor's key instead of the caller's.
 * @throws AicdError `unavailable` when no answer begins
 */
export async function askVendor(
  { name, vendor, path }: { name: VendorName; vendor: Vendor; path: string },
  call: AdmittedCall,
  signal: AbortSignal,
): Promise<Response> {
  const headers = new Headers(call.headers);
  const key = vendor.apiKey.reveal();
  if (name === "anthropic") headers.set("x-api-key", key);
  else headers.set("authorization", `Bearer ${key}`);
  try {
    const base = vendor.baseUrl.replace(/\/(v1\/?)?$/, "");
    // A redirect would carry the key and the conversation to an address no operator named.
    return await fetch(`${base}${path}`, {
      method: "POST",
      headers,
      body: call.text,
      signal,
      redirect: "error",
    });
  } catch (cause) {
    throw new AicdError("unavailable", "The model vendor could not be reached.", { cause });
  }
}
