/** Tokens of one model call. `input` does not include the cached ones. */
export type Tokens = { input: number; output: number; cacheRead: number; cacheWrite: number };

export function addTokens(a: Tokens, b: Tokens): Tokens {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
  };
}

export const NO_TOKENS: Tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/** `$0.42`; below a cent with as many digits as needed to see something. */
export function formatUsd(microUsd: number): string {
  const dollars = microUsd / 1e6;
  if (microUsd > 0 && dollars < 0.01) return `$${dollars.toFixed(4)}`;
  return `$${dollars.toFixed(2)}`;
}
