import { createHash } from "node:crypto";

/** Strong: two answers with the same tag are the same bytes. */
export function etagOf(body: string): string {
  return `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
}

/** `If-None-Match`: compared weakly, as RFC 9110 wants it for reads. */
export function matchesAny(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || tagsOf(header).some((tag) => tag.replace(/^W\//, "") === etag);
}

/** `If-Match`: compared strongly; no header means that the caller does not mind. */
export function mayOverwrite(header: string | undefined, etag: string): boolean {
  return header === undefined || header.trim() === "*" || tagsOf(header).includes(etag);
}

function tagsOf(header: string): string[] {
  return header.split(",").map((tag) => tag.trim());
}
