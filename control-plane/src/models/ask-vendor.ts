import { AicdError } from "@aicd/core";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Vendor, VendorName } from "./vendors.ts";

/** Paths of a vendor that cost what we can count. All else is refused. */
export const PATHS = {
  anthropic: new Set(["/v1/messages"]),
  openai: new Set(["/v1/responses", "/v1/chat/completions"]),
} as const;

export const ModelCall = z.looseObject({ model: z.string().max(200), stream: z.boolean().optional() });
export type ModelCall = z.infer<typeof ModelCall>;

/** Request headers that travel on. Cookies, addresses and our own key do not. */
const PASSED = ["content-type", "accept", "anthropic-version", "anthropic-beta", "openai-beta"] as const;

/**
 * Sends a call to its vendor, with the vendor's key instead of the caller's.
 * @throws AicdError `unavailable` when no answer begins
 */
export async function askVendor(
  { name, vendor, path }: { name: VendorName; vendor: Vendor; path: string },
  request: FastifyRequest,
  body: string,
  signal: AbortSignal,
): Promise<Response> {
  const headers = new Headers();
  for (const header of PASSED) {
    const value = request.headers[header];
    if (typeof value === "string") headers.set(header, value);
  }
  const key = vendor.apiKey.reveal();
  if (name === "anthropic") headers.set("x-api-key", key);
  else headers.set("authorization", `Bearer ${key}`);
  try {
    const base = vendor.baseUrl.replace(/\/(v1\/?)?$/, "");
    // A redirect would carry the key and the conversation to an address no operator named.
    return await fetch(`${base}${path}`, { method: "POST", headers, body, signal, redirect: "error" });
  } catch (cause) {
    throw new AicdError("unavailable", "The model vendor could not be reached.", { cause });
  }
}

/** The caller's words, with the two fields that must not be left to a vendor's default. */
export function bodyFor(path: string, call: ModelCall): Record<string, unknown> {
  if (path === "/v1/responses") return { ...call, store: false };
  // A streamed Chat Completions answer counts its tokens only when asked to.
  if (path === "/v1/chat/completions" && call.stream === true) {
    return { ...call, stream_options: { include_usage: true } };
  }
  return call;
}
