import type { Tokens } from "../usage.ts";

type Rates = { input: number; output: number; cacheRead: number; cacheWrite: number };
/**
 * Millionths of a dollar per million tokens, i.e. dollars per million × 1,000,000. `long`: what all tokens of a call
 * cost whose input, cached or not, is more than `above`.
 */
export type Price = Rates & { long?: Rates & { above: number } };

/** @param dollars per million tokens; what is read from a cache or written to one costs what input does when left out */
export function ratesOf(dollars: {
  input: number;
  output: number;
  cacheRead?: number | undefined;
  cacheWrite?: number | undefined;
}): Rates {
  const { input, output, cacheRead = input, cacheWrite = input } = dollars;
  const micro = (value: number) => Math.round(value * 1e6);
  return {
    input: micro(input),
    output: micro(output),
    cacheRead: micro(cacheRead),
    cacheWrite: micro(cacheWrite),
  };
}

/** Cost in millionths of a dollar, rounded up once. */
export function costOf({ long, ...short }: Price, tokens: Tokens): number {
  const read = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  const price = long !== undefined && read > long.above ? long : short;
  const sum =
    tokens.input * price.input +
    tokens.output * price.output +
    tokens.cacheRead * price.cacheRead +
    tokens.cacheWrite * price.cacheWrite;
  return Math.ceil(sum / 1e6);
}
