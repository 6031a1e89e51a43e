import { AicdError } from "@aicd/core";
import type { QdrantClient } from "@qdrant/js-client-rest";

const DIMENSIONS = 128;

/** Makes the collection when there is none, once a process; two that do so at once both succeed. */
export function createCollection(client: QdrantClient, name: string): () => Promise<void> {
  let made: Promise<void> | undefined;

  async function prepare(): Promise<void> {
    if (await isThere()) return;
    try {
      await client.createCollection(name, {
        vectors: { meaning: { size: DIMENSIONS, distance: "Dot" } },
        // Not `modifier: "idf"`: the server counts it over all tenants, so one could tell from scores and order
        // what others write. The question brings along how rare its words are in the repository.
        sparse_vectors: { file: {}, passage: {} },
        // Every question is about one repository of one tenant: a graph over all of them helps nobody.
        hnsw_config: { m: 0, payload_m: 16 },
      });
    } catch (error) {
      if (!(await isThere())) throw unavailable(error);
    }
    await index("tenant", { type: "keyword", is_tenant: true });
    for (const field of ["repository", "kind", "blob", "generation"]) await index(field, { type: "keyword" });
  }

  async function isThere(): Promise<boolean> {
    return (await call(() => client.collectionExists(name))).exists;
  }

  async function index(field: string, schema: { type: "keyword"; is_tenant?: boolean }): Promise<void> {
    await call(() =>
      client.createPayloadIndex(name, { field_name: field, field_schema: schema, wait: true }),
    );
  }

  return () => {
    made ??= prepare().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** A call that may be tried again later; the answer of the server is for the log, never for a person. */
export async function call<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): AicdError {
  return new AicdError(
    "unavailable",
    "The code index could not be reached or refused the request. Look at QDRANT_URL and its key, and try again.",
    { cause },
  );
}
