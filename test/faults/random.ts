/** Numbers that look random and are the same for the same seed. */
export type Random = {
  /** From `low` to below `high`. */
  between(low: number, high: number): number;
  /** The list in another order. */
  shuffle<T>(list: readonly T[]): T[];
};

/** The generator of Numerical Recipes; its high bits are good enough to choose moments. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    between: (low, high) => low + next() * (high - low),
    shuffle(list) {
      const left = [...list];
      const out: (typeof left)[number][] = [];
      while (left.length > 0) out.push(...left.splice(Math.floor(next() * left.length), 1));
      return out;
    },
  };
}
