import { z } from "zod";
import { AicdError } from "../errors.ts";
import { type Price, ratesOf } from "./price.ts";

/** By the exact name of a model, or its name without the date. */
export type OwnPrices = ReadonlyMap<string, Price>;

const dollars = z.number().nonnegative().max(100_000);
const Rates = z.strictObject({
  input: dollars,
  output: dollars,
  cacheRead: dollars.optional(),
  cacheWrite: dollars.optional(),
});
const OwnPricesFile = z.record(
  z.string().min(1),
  Rates.extend({ long: Rates.extend({ above: z.int().positive() }).optional() }),
);

/**
 * An operator's prices: `{"model": {"input": 1.2, "output": 4.8, "cacheRead": 0.1, "cacheWrite": 1.2}}`, in dollars
 * per million tokens, with `"long": {"above": 200000, …}` where long conversations cost more.
 *
 * @throws AicdError `invalid`, naming each thing that is wrong
 */
export function readOwnPrices(text: string): OwnPrices {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new AicdError("invalid", `It is no JSON: ${(error as Error).message}`);
  }
  const read = OwnPricesFile.safeParse(document);
  if (!read.success) throw new AicdError("invalid", z.prettifyError(read.error));
  return new Map(
    Object.entries(read.data).map(([model, { long, ...short }]) => [
      model,
      long === undefined
        ? ratesOf(short)
        : { ...ratesOf(short), long: { above: long.above, ...ratesOf(long) } },
    ]),
  );
}
