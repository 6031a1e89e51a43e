/** Tokens of one model call. `input` does not include the cached ones. */
export type Tokens = { input: number; output: number; cacheRead: number; cacheWrite: number };

/** Millionths of a dollar per million tokens, i.e. dollars per million × 1,000,000. */
export type Price = { input: number; output: number; cacheRead: number; cacheWrite: number };

const usd = (input: number, output: number, cacheRead: number, cacheWrite: number): Price => ({
  input: input * 1e6,
  output: output * 1e6,
  cacheRead: cacheRead * 1e6,
  cacheWrite: cacheWrite * 1e6,
});

/** List prices by model name prefix; the longest prefix wins. A price is frozen into each usage row. */
export const PRICES: Readonly<Record<string, Price>> = {
  "claude-opus": usd(5, 25, 0.5, 6.25),
  "claude-sonnet": usd(3, 15, 0.3, 3.75),
  "claude-haiku": usd(1, 5, 0.1, 1.25),
  "gpt-5": usd(1.25, 10, 0.125, 1.25),
  "gpt-5-mini": usd(0.25, 2, 0.025, 0.25),
  "gpt-4.1": usd(2, 8, 0.5, 2),
  "gpt-4o": usd(2.5, 10, 1.25, 2.5),
  "o4-mini": usd(1.1, 4.4, 0.275, 1.1),
};

/** Unknown models are priced like the dearest we know, so that a budget never runs past its end. */
export const DEAREST: Price = usd(15, 75, 1.5, 18.75);

export function priceOf(model: string): Price {
  let best: string | undefined;
  for (const prefix of Object.keys(PRICES)) {
    if (model.startsWith(prefix) && (best === undefined || prefix.length > best.length)) best = prefix;
  }
  return (best === undefined ? undefined : PRICES[best]) ?? DEAREST;
}

/** Cost in millionths of a dollar, rounded up once. */
export function priceTokens(model: string, tokens: Tokens): number {
  const price = priceOf(model);
  const sum =
    tokens.input * price.input +
    tokens.output * price.output +
    tokens.cacheRead * price.cacheRead +
    tokens.cacheWrite * price.cacheWrite;
  return Math.ceil(sum / 1e6);
}

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
