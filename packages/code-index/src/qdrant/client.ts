import { createHash } from "node:crypto";
import type { IndexScope, TenantId } from "@aicd/core";
import { QdrantClient } from "@qdrant/js-client-rest";
import { checkScope, checkTenant } from "../scope.ts";
import { call, createCollection } from "./collection.ts";

export type QdrantOptions = { url: string; apiKey?: string; collection?: string };
export type Sparse = { indices: number[]; values: number[] };
/** `key` names a point within its repository; its id follows from tenant, repository and key. */
export type Point = {
  key: string;
  vector: { file?: Sparse; meaning?: number[]; passage?: Sparse };
  payload: Record<string, string | number>;
};
type Condition = { key: string; match: { value: string } | { any: string[] } };
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

const TIMEOUT_MS = 30_000;
/** Qdrant takes requests of 32 MB; a point is seldom above 40 kB. */
const BATCH_POINTS = 200;
const NAMESPACE = "aicd/code-index/1";

/**
 * The only way to the points. Every call goes through `guarded`, which puts tenant and repository in front
 * of all other conditions; there is no way to ask without them.
 */
export function createQdrant({ url, apiKey, collection = "aicd-code" }: QdrantOptions) {
  const client = new QdrantClient({
    url,
    timeout: TIMEOUT_MS,
    checkCompatibility: false,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const access: Access = { client, collection, ready: createCollection(client, collection) };

  return {
    within: (scope: IndexScope) => shelfOf(access, checkScope(scope)),
    ofTenant: (tenantId: TenantId) => tenantShelfOf(access, { tenantId: checkTenant(tenantId) }),
  };
}

type Access = { client: QdrantClient; collection: string; ready: () => Promise<void> };
type Owner = { tenantId: TenantId; repositoryId?: IndexScope["repositoryId"] };

function guarded(owner: Owner, conditions: readonly Condition[] = []) {
  const must: Condition[] = [{ key: "tenant", match: { value: owner.tenantId } }];
  if (owner.repositoryId !== undefined)
    must.push({ key: "repository", match: { value: owner.repositoryId } });
  return { must: [...must, ...conditions] };
}

function shelfOf(access: Access, owner: IndexScope): Shelf {
  const { client, collection, ready } = access;
  return {
    ...readerOf(access, owner),
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
  };
}

function tenantShelfOf(access: Access, owner: Owner): TenantShelf {
  const { client, collection, ready } = access;
  const { read, remove } = readerOf(access, owner);
  return {
    async count(conditions) {
      await ready();
      const filter = guarded(owner, conditions);
      return (await call(() => client.count(collection, { filter, exact: true }))).count;
    },
    read,
    remove: () => remove([]),
  };
}

/** What is the same for a repository and for a whole tenant. */
function readerOf({ client, collection, ready }: Access, owner: Owner): Pick<Shelf, "read" | "remove"> {
  return {
    async read(conditions, limit) {
      await ready();
      const { points } = await call(() =>
        client.scroll(collection, { filter: guarded(owner, conditions), limit, with_payload: true }),
      );
      return points.map(({ payload }) => payload ?? {});
    },
    async remove(conditions) {
      await ready();
      await call(() => client.delete(collection, { filter: guarded(owner, conditions), wait: true }));
    },
  };
}

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
