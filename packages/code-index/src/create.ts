import type { CodeIndex } from "@aicd/core";
import { createEmbeddedIndex } from "./embedded/embedded.ts";
import type { QdrantOptions } from "./qdrant/client.ts";
import { createQdrantIndex } from "./qdrant/qdrant.ts";

export type CodeIndexOptions = { kind: "embedded"; directory: string } | ({ kind: "qdrant" } & QdrantOptions);

/** Where code is searched. Ids that are none, also such with path characters, are refused with `invalid`. */
export function createCodeIndex(options: CodeIndexOptions): CodeIndex {
  return options.kind === "qdrant" ? createQdrantIndex(options) : createEmbeddedIndex(options);
}
