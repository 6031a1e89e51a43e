import { createHash } from "node:crypto";
import { AicdError, type IndexScope, type TenantId } from "@aicd/core";
import { QdrantClient } from "@qdrant/js-client-rest";
import { checkScope, checkTenant } from "../scope.ts";

export type QdrantOptions = { url: string; apiKey?: string; collection?: string };
export type Sparse = { indices: number[]; values: number[] };
/** `key` names a point within its repository; its id follows from tenant, repository and key. */
export type Point = {
  key: string;
  vector: { file?: Sparse; meaning?: number[]; passage?: Sparse };
  payload: Record<string, string | number>;
};
export type Condition = { key: string; match: { value: string } | { any: string[] } };
export type Search = { using: "file" | "passage" | "meaning"; query: Sparse | number[]; limit: number };
export type Found = { id: string; score: number; payload: Record<string, unknown> };
/** What may be done with the points of one repository; none of it can reach another's. */
export type Shelf = {
  upsert(points: readonly Point[]): Promise<void>;
  /** One answer for each search, and last the files that all `fused` searches together put in front. */
  search(searches: readonly Search[], fused: readonly Search[], limit: number): Promise<Found[][]>;
  read(conditions: readonly Condition[], limit: number): Promise<Record<string, unknown>[]>;
  /** The words of passages, by the ids of an answer. */
  wordsOf(ids: readonly string[]): Promise<Map<string, number[]>>;
  remove(conditions: readonly Condition[]): Promise<void>;
};
export type TenantShelf = {
  count(conditions: readonly Condition[]): Promise<number>;
  read(conditions: readonly Condition[], limit: number): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
};

const DIMENSIONS = 128;
const TIMEOUT_MS = 30_000;
/** Qdrant takes requests of 32 MB; a point is seldom above 40 kB. */
const BATCH_POINTS = 200;
const NAMESPACE = "aicd/code-index/1";

/**
 * The only file that talks to Qdrant. Every call that touches points goes through `guarded`, which puts
 * tenant and repository in front of all other conditions; there is no way to ask without them.
 */
export function createQdrant({ url, apiKey, collection = "aicd-code" }: QdrantOptions) {
  const client = new QdrantClient({
    url,
    timeout: TIMEOUT_MS,
    checkCompatibility: false,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  let made: Promise<void> | undefined;

  /** Makes the collection when there is none; two that do so at once both succeed. */
  function ready(): Promise<void> {
    made ??= prepare().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  }

  async function prepare(): Promise<void> {
    if ((await call(() => client.collectionExists(collection))).exists) return;
    try {
      await client.createCollection(collection, {
        vectors: { meaning: { size: DIMENSIONS, distance: "Dot" } },
        // Not `modifier: "idf"`: the server counts it over all tenants, so one could tell from scores and order
        // what others write. The question brings along how rare its words are in the repository.
        sparse_vectors: { file: {}, passage: {} },
        // Every question is about one repository of one tenant: a graph over all of them helps nobody.
        hnsw_config: { m: 0, payload_m: 16 },
      });
    } catch (error) {
      if (!(await call(() => client.collectionExists(collection))).exists) throw unavailable(error);
    }
    await index("tenant", { type: "keyword", is_tenant: true });
    for (const field of ["repository", "kind", "blob", "generation"]) await index(field, { type: "keyword" });
  }

  async function index(field: string, schema: { type: "keyword"; is_tenant?: boolean }): Promise<void> {
    await call(() =>
      client.createPayloadIndex(collection, { field_name: field, field_schema: schema, wait: true }),
    );
  }

  function guarded(owner: Owner, conditions: readonly Condition[] = []) {
    const must: Condition[] = [{ key: "tenant", match: { value: owner.tenantId } }];
    if (owner.repositoryId !== undefined)
      must.push({ key: "repository", match: { value: owner.repositoryId } });
    return { must: [...must, ...conditions] };
  }

  async function read(owner: Owner, conditions: readonly Condition[], limit: number) {
    await ready();
    const { points } = await call(() =>
      client.scroll(collection, { filter: guarded(owner, conditions), limit, with_payload: true }),
    );
    return points.map(({ payload }) => payload ?? {});
  }

  async function remove(owner: Owner, conditions: readonly Condition[]): Promise<void> {
    await ready();
    await call(() => client.delete(collection, { filter: guarded(owner, conditions), wait: true }));
  }

  function within(given: IndexScope): Shelf {
    const owner = checkScope(given);
    return {
      async upsert(points) {
        await ready();
        for (let at = 0; at < points.length; at += BATCH_POINTS) {
          const batch = points.slice(at, at + BATCH_POINTS).map(({ key, vector, payload }) => ({
            id: idOf(owner, key),
            vector,
            payload: { ...payload, tenant: owner.tenantId, repository: owner.repositoryId },
          }));
          await call(() => client.upsert(collection, { points: batch, wait: true }));
        }
      },
      async search(searches, fused, limit) {
        await ready();
        const filter = guarded(owner);
        const whole = {
          prefetch: fused.map((one) => ({ ...one, filter })),
          query: { fusion: "rrf" as const },
        };
        const asked = [
          ...searches.map((one) => ({ ...one, filter, with_payload: true })),
          { ...whole, filter, limit, with_payload: true },
        ];
        const answers = await call(() => client.queryBatch(collection, { searches: asked }));
        return answers.map(({ points }) =>
          points.map(({ id, score, payload }) => ({ id: String(id), score, payload: payload ?? {} })),
        );
      },
      read: (conditions, limit) => read(owner, conditions, limit),
      async wordsOf(ids) {
        if (ids.length === 0) return new Map();
        const { must } = guarded(owner);
        const { points } = await call(() =>
          client.scroll(collection, {
            filter: { must: [...must, { has_id: [...ids] }] },
            limit: ids.length,
            with_payload: false,
            with_vector: ["passage"],
          }),
        );
        return new Map(points.map(({ id, vector }) => [String(id), indicesOf(vector)]));
      },
      remove: (conditions) => remove(owner, conditions),
    };
  }

  function ofTenant(tenantId: TenantId): TenantShelf {
    const owner = { tenantId: checkTenant(tenantId) };
    return {
      async count(conditions) {
        await ready();
        const filter = guarded(owner, conditions);
        return (await call(() => client.count(collection, { filter, exact: true }))).count;
      },
      read: (conditions, limit) => read(owner, conditions, limit),
      remove: () => remove(owner, []),
    };
  }

  return { within, ofTenant };
}

type Owner = { tenantId: TenantId; repositoryId?: IndexScope["repositoryId"] };

/** UUID v5 of who owns the point and what it is: written twice, it is one point, and never somebody else's. */
function idOf({ tenantId, repositoryId }: IndexScope, key: string): string {
  const hash = createHash("sha1").update(`${NAMESPACE}/${tenantId}/${repositoryId}/${key}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function indicesOf(vector: unknown): number[] {
  const sparse = (vector as { passage?: { indices?: number[] } } | null | undefined)?.passage;
  return sparse?.indices ?? [];
}

/** A call that may be tried again later; the answer of the server is for the log, never for a person. */
async function call<T>(work: () => Promise<T>): Promise<T> {
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
