import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import type { Operation } from "./used.ts";

/** Where the description comes from; its licence lies beside it. */
export const SOURCE =
  "github.com/stripe/stripe-mock v0.203.0, embedded/openapi/spec3.json: Stripe API 2026-08-26.dahlia, MIT";
export const PUBLISHED = new URL("../../published/stripe.json.br", import.meta.url);

export type Schema = { [key: string]: unknown };
export type Published = {
  version: string;
  operations: Record<Operation, { body?: Schema; query: Schema; answer: Schema }>;
  schemas: Record<string, Schema>;
};

let read: Published | undefined;

/** Stripe's published description, as far as it is used here. */
export function published(): Published {
  read ??= JSON.parse(brotliDecompressSync(readFileSync(PUBLISHED)).toString("utf8")) as Published;
  return read;
}
