/** Shorter names are too near to other programs' names. */
const SHORTEST = 8;
const DISTANCE = 2;

/**
 * Variables that are set and unknown, but nearly called like one of ours that is not set: a typing error
 * would otherwise show as a default nobody asked for.
 */
export function nearNames(
  known: readonly string[],
  set: readonly string[],
): { wrong: string; right: string }[] {
  const ours = new Set(known);
  const missing = known.filter((name) => name.length >= SHORTEST && !set.includes(name));
  return set
    .filter((name) => name.length >= SHORTEST - 1 && !ours.has(name))
    .flatMap((wrong) => {
      const right = missing.find((name) => isNear(wrong.toUpperCase(), name));
      return right === undefined ? [] : [{ wrong, right }];
    });
}

function isNear(a: string, b: string): boolean {
  if (a.replaceAll("_", "") === b.replaceAll("_", "")) return true;
  return Math.abs(a.length - b.length) <= DISTANCE && distance(a, b) <= DISTANCE;
}

/** Insertions, deletions and replacements between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...a].entries()) {
    const next = [at + 1];
    for (let to = 1; to <= b.length; to++) {
      const same = letter === b[to - 1] ? 0 : 1;
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
