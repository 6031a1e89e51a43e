import type { CodeIndex } from "@aicd/core";
import { createEmbeddedIndex } from "./embedded/embedded.ts";

export type CodeIndexOptions = { kind: "embedded"; directory: string };

/** Where code is searched. Ids that are none, also such with path characters, are refused with `invalid`. */
export function createCodeIndex(options: CodeIndexOptions): CodeIndex {
  return createEmbeddedIndex(options);
}
