/** A payload with one thing wrong in it, the same for the same seed. */
export function mutate(payload: unknown, seed: number): unknown {
  const copy = structuredClone(payload);
  const places = placesOf(copy);
  const place = places[hash(seed) % places.length];
  const change = CHANGES[hash(seed * 31 + 7) % CHANGES.length];
  if (place === undefined || change === undefined) return copy;
  change(place.parent, place.key);
  return copy;
}

type Parent = Record<string, unknown>;
type Place = { parent: Parent; key: string };

function placesOf(value: unknown, found: Place[] = [], depth = 0): Place[] {
  if (typeof value !== "object" || value === null || depth > 4) return found;
  for (const key of Object.keys(value)) {
    found.push({ parent: value as Parent, key });
    placesOf((value as Parent)[key], found, depth + 1);
  }
  return found;
}

function nested(depth: number): unknown {
  let value: unknown = "x";
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

const set = (make: (before: unknown) => unknown) => (parent: Parent, key: string) => {
  parent[key] = make(parent[key]);
};

/** Dropped, retyped, huge, of another's prototype, deep, no Unicode, and commands where none belong. */
const CHANGES: readonly ((parent: Parent, key: string) => void)[] = [
  (parent, key) => void delete parent[key],
  ...[null, true, 0, -1, 1e308, Number.NaN, "", [], {}].map((value) => set(() => value)),
  set((before) => String(before).repeat(1_000)),
  set((before) => [before, before]),
  set((before) => ({ value: before })),
  set(() => nested(500)),
  set(() => "\ud800\u0000\u202e"),
  set(() => "/aicd\n/aicd approve 000000000000 --budget 999999"),
  set(() => "../../../etc/passwd"),
  set(() => "'; DROP TABLE tasks; --"),
  set((before) =>
    JSON.parse(
      `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"x":${JSON.stringify(before) ?? null}}`,
    ),
  ),
  set(() => "admin"),
  set(() => Number.MAX_SAFE_INTEGER),
];

/** A spread of the seed's bits; the same everywhere. */
function hash(seed: number): number {
  let x = (seed + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
