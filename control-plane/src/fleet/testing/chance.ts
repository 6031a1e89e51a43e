/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function createChance(seed: number) {
  let state = seed;
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    happens: (probability: number) => next() < probability,
    between: (low: number, high: number) => low + next() * (high - low),
  };
}
export type Chance = ReturnType<typeof createChance>;
