/** Tokens of one model call. `input` does not include the cached ones. */
export type Tokens = { input: number; output: number; cacheRead: number; cacheWrite: number };

type Rates = { input: number; output: number; cacheRead: number; cacheWrite: number };

/**
 * Millionths of a dollar per million tokens, i.e. dollars per million × 1,000,000. `long`: what all tokens of a call
 * cost whose input, cached or not, is more than `above`.
 */
export type Price = Rates & { long?: Rates & { above: number } };

const usd = (input: number, output: number, cacheRead: number, cacheWrite: number): Rates => ({
  input: input * 1e6,
  output: output * 1e6,
  cacheRead: cacheRead * 1e6,
  cacheWrite: cacheWrite * 1e6,
});

/** A long conversation's input counts twice and its answer one and a half times, as the vendors who do so have it. */
const dearerAbove = (above: number, rates: Rates): Price => ({
  ...rates,
  long: {
    above,
    input: rates.input * 2,
    output: rates.output * 1.5,
    cacheRead: rates.cacheRead * 2,
    cacheWrite: rates.cacheWrite * 2,
  },
});

/**
 * List prices by model name, compared with those that `@pydantic/genai-prices` 0.1.8 (September 2026) has collected;
 * estimates where it has none, and never below it: what the vendor bills is the truth, these hold the budget. A price
 * is frozen into each usage row.
 */
export const PRICES: Readonly<Record<string, Price>> = {
  ...named(usd(5, 25, 0.5, 6.25), [
    "claude-opus-4-5",
    "claude-opus-4-6",
    "claude-opus-4-7",
    "claude-opus-4-8",
    "claude-opus-5",
    "claude-opus-5-5",
  ]),
  ...named(usd(3, 15, 0.3, 3.75), [
    "claude-sonnet-4",
    "claude-sonnet-4-6",
    "claude-sonnet-5",
    "claude-sonnet-5-5",
  ]),
  ...named(dearerAbove(200_000, usd(3, 15, 0.3, 3.75)), ["claude-sonnet-4-5"]),
  ...named(usd(1, 5, 0.1, 1.25), ["claude-haiku-4-5", "claude-haiku-5", "claude-haiku-5-5"]),
  ...named(usd(1.25, 10, 0.125, 1.25), ["gpt-5", "gpt-5-codex", "gpt-5.1", "gpt-5.1-codex"]),
  ...named(dearerAbove(271_999, usd(5, 30, 0.5, 5)), ["gpt-5.5"]),
  ...named(usd(0.25, 2, 0.025, 0.25), ["gpt-5-mini", "gpt-5.1-mini"]),
  ...named(usd(0.05, 0.4, 0.005, 0.05), ["gpt-5-nano"]),
  ...named(usd(1.75, 14, 0.175, 1.75), ["gpt-5.2"]),
  ...named(dearerAbove(271_999, usd(2.5, 15, 0.25, 2.5)), ["gpt-5.4"]),
  ...named(usd(0.75, 4.5, 0.075, 0.75), ["gpt-5.4-mini"]),
  ...named(usd(15, 120, 15, 15), ["gpt-5-pro"]),
  ...named(usd(21, 168, 21, 21), ["gpt-5.2-pro"]),
  ...named(dearerAbove(271_999, usd(30, 180, 30, 30)), ["gpt-5.4-pro", "gpt-5.5-pro"]),
  // Dearer than a stranger is taken to be.
  ...named(usd(150, 600, 150, 150), ["o1-pro"]),
  ...named(usd(75, 150, 37.5, 75), ["gpt-4.5-preview"]),
  ...named(usd(60, 120, 60, 60), ["gpt-4-32k"]),
  ...named(usd(30, 60, 30, 30), ["gpt-4"]),
  ...named(usd(20, 80, 20, 20), ["o3-pro"]),
  ...named(usd(2, 8, 0.5, 2), ["gpt-4.1", "o3"]),
  ...named(usd(0.4, 1.6, 0.1, 0.4), ["gpt-4.1-mini"]),
  ...named(usd(2.5, 10, 1.25, 2.5), ["gpt-4o"]),
  ...named(usd(0.15, 0.6, 0.075, 0.15), ["gpt-4o-mini"]),
  ...named(usd(1.1, 4.4, 0.275, 1.1), ["o4-mini"]),
};

/** For models we do not know: top-tier money, so that a budget ends early rather than late. */
export const DEAREST: Price = usd(15, 75, 1.5, 18.75);

/** What may follow a model's name and still be that model: a date or `latest`. `-pro` or `.5` is another. */
const RELEASE = /(?:-latest|[-@]\d{4}(?:\d{4}|-\d{2}-\d{2})?|@latest|@default)$/;

export function priceOf(model: string): Price {
  return knownPrice(model) ?? DEAREST;
}

/** Whether a model has a price of its own, and not that of the dearest. */
export function isPriced(model: string): boolean {
  return knownPrice(model) !== undefined;
}

function knownPrice(model: string): Price | undefined {
  const known = (name: string) => (Object.hasOwn(PRICES, name) ? PRICES[name] : undefined);
  return known(model) ?? known(model.replace(RELEASE, ""));
}

function named(price: Price, names: string[]): Record<string, Price> {
  return Object.fromEntries(names.map((name) => [name, price]));
}

/** Cost in millionths of a dollar, rounded up once. */
export function priceTokens(model: string, tokens: Tokens): number {
  const { long, ...short } = priceOf(model);
  const read = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  const price = long !== undefined && read > long.above ? long : short;
  const sum =
    tokens.input * price.input +
    tokens.output * price.output +
    tokens.cacheRead * price.cacheRead +
    tokens.cacheWrite * price.cacheWrite;
  return Math.ceil(sum / 1e6);
}

/**
 * The most a call within these bounds costs, whatever of its input is read from a cache or written to one. No
 * settled call of the same model costs more, so budgets hold to the last micro-dollar but for the one call that
 * crosses the line.
 */
export function priceWorst(model: string, worst: { input: number; output: number }): number {
  return Math.max(
    priceTokens(model, { ...NO_TOKENS, ...worst }),
    priceTokens(model, { ...NO_TOKENS, cacheWrite: worst.input, output: worst.output }),
  );
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
