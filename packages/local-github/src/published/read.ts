import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { type Published, publishedFile } from "./sources.ts";

/** The text of GitHub's REST (OpenAPI, as JSON) or GraphQL (SDL) description. Takes some 20 ms: keep what you make of it. */
export function readPublished(name: Published): string {
  return brotliDecompressSync(readFileSync(publishedFile(name))).toString("utf8");
}
