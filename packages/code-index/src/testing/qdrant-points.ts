/** As much of Qdrant's engine as the store uses, over points in memory. */

type Sparse = { indices: number[]; values: number[] };
type Vector = Record<string, number[] | Sparse>;
export type StoredPoint = { id: string; vector: Vector; payload: Record<string, unknown> };
type Condition = { key?: string; match?: { value?: unknown; any?: unknown[] }; has_id?: string[] };
export type Filter = { must?: Condition[] };
export type Query = {
  prefetch?: Query[];
  query?: number[] | Sparse | { fusion: "rrf" };
  using?: string;
  filter?: Filter;
  limit?: number;
};
type Scored = { id: string; score: number; version: number; payload: Record<string, unknown> };

export function matches(point: StoredPoint, filter: Filter | undefined): boolean {
  return (filter?.must ?? []).every(({ key = "", match, has_id }) => {
    if (has_id !== undefined) return has_id.includes(point.id);
    const value = point.payload[key];
    return match?.any === undefined ? value === match?.value : match.any.includes(value);
  });
}

/**
 * Dense and sparse by dot product, and reciprocal ranks of both. Sparse vectors of the collection that are `rare`
 * (`modifier: idf`) count each index by its rarity.
 */
export function ask(all: readonly StoredPoint[], query: Query, rare: ReadonlySet<string>): Scored[] {
  const points = all.filter((point) => matches(point, query.filter));
  const limit = query.limit ?? 10;
  const asked = query.query;
  if (asked === undefined) return [];
  if (!Array.isArray(asked) && "fusion" in asked) {
    const ranks = new Map<string, number>();
    for (const part of query.prefetch ?? []) {
      for (const [rank, { id }] of ask(all, part, rare).entries())
        ranks.set(id, (ranks.get(id) ?? 0) + 1 / (rank + 2));
    }
    return best(points, limit, (point) => ranks.get(point.id));
  }
  const name = query.using ?? "";
  if (Array.isArray(asked)) {
    return best(points, limit, ({ vector }) => {
      const values = vector[name];
      return Array.isArray(values)
        ? values.reduce((sum, value, at) => sum + value * (asked[at] ?? 0), 0)
        : undefined;
    });
  }
  // Rarity is counted over the whole collection, as the server does it.
  const having = new Map<number, number>();
  const sparse = all.flatMap(({ vector }) => (isSparse(vector[name]) ? [vector[name]] : []));
  for (const { indices } of sparse) for (const at of indices) having.set(at, (having.get(at) ?? 0) + 1);
  const rarity = (at: number) => {
    if (!rare.has(name)) return 1;
    const count = having.get(at) ?? 0;
    return Math.log(1 + (sparse.length - count + 0.5) / (count + 0.5));
  };
  const weights = new Map(asked.indices.map((at, n) => [at, (asked.values[n] ?? 0) * rarity(at)]));
  return best(points, limit, ({ vector }) => {
    const one = vector[name];
    if (!isSparse(one)) return undefined;
    let sum: number | undefined;
    for (const [n, at] of one.indices.entries()) {
      const weight = weights.get(at);
      if (weight !== undefined) sum = (sum ?? 0) + weight * (one.values[n] ?? 0);
    }
    return sum;
  });
}

function isSparse(vector: number[] | Sparse | undefined): vector is Sparse {
  return vector !== undefined && !Array.isArray(vector);
}

function best(
  points: readonly StoredPoint[],
  limit: number,
  scoreOf: (p: StoredPoint) => number | undefined,
) {
  return points
    .flatMap((point): Scored[] => {
      const score = scoreOf(point);
      return score === undefined ? [] : [{ id: point.id, score, version: 1, payload: point.payload }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}
