import { createHash } from "node:crypto";
import { Refusal } from "./problems/problems.ts";

/**
 * Where the next page begins: after the row with this key, under these filters. Rows inserted meanwhile
 * neither shift nor repeat the rest. It is opaque, not secret: whose rows it walks says the principal.
 */
export function writeCursor(after: string, filters: unknown): string {
  return Buffer.from(JSON.stringify([VERSION, after, fingerprint(filters)])).toString("base64url");
}

/** @throws Refusal when we did not write it, or wrote it for other filters */
export function readCursor(cursor: string, filters: unknown, isKey: (text: string) => boolean): string {
  const after = parse(cursor, fingerprint(filters));
  if (after !== undefined && isKey(after)) return after;
  const detail = "The cursor is not one of this list. Use `next` of the page before, with the same filters.";
  throw new Refusal("invalid", detail, { errors: [{ in: "query", pointer: "/cursor", detail }] });
}

const VERSION = 1;

function parse(cursor: string, expected: string): string | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    // Whatever it is, it is not ours.
    return undefined;
  }
  if (!Array.isArray(parts) || parts[0] !== VERSION || parts[2] !== expected) return undefined;
  return typeof parts[1] === "string" ? parts[1] : undefined;
}

function fingerprint(filters: unknown): string {
  return createHash("sha256").update(JSON.stringify(filters)).digest("base64url").slice(0, 8);
}
