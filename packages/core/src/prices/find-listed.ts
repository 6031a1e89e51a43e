import { LISTED } from "./listed.ts";
import { type Price, ratesOf } from "./price.ts";

/**
 * From a day on (`""`: always), dollars per million tokens: input, output, read from a cache, written to one; then,
 * where long conversations cost more, the tokens above which they do and the same four again.
 */
type Dated = readonly [from: string, ...dollars: number[]];
/** An expression for names, and what such a model costs, the oldest price first. */
export type ListedModel = readonly [names: string, ...Dated[]];

/** Published by their vendors after the list was. */
const SINCE: readonly ListedModel[] = [
  // https://platform.claude.com/docs/en/models/sonnet-5-5/overview
  [String.raw`^claude-sonnet-5[-.]5(?![-.]?\d{1,2}(?!\d))`, ["", 2, 10, 0.2, 2.5]],
];

/** What may follow a model's name and still be that model: a date or `latest`. `-pro` or `.5` is another. */
export const RELEASE = /(?:-latest|[-@]\d{4}(?:\d{4}|-\d{2}-\d{2})?|@latest|@default)$/;

/** Names come from outside, so not all of them are remembered. */
const REMEMBERED = 1_000;
const found = new Map<string, ListedModel | undefined>();
let expressions: { expression: RegExp; model: ListedModel }[] | undefined;

/** @param today as YYYY-MM-DD */
export function findListed(name: string, today: string): Price | undefined {
  if (!found.has(name)) {
    if (found.size >= REMEMBERED) found.clear();
    found.set(name, search(name) ?? search(name.replace(RELEASE, "")));
  }
  const [, ...dated] = found.get(name) ?? [""];
  return priceOn(dated.findLast(([from]) => from <= today));
}

function search(name: string): ListedModel | undefined {
  expressions ??= [...SINCE, ...LISTED].map((model) => ({ expression: new RegExp(model[0]), model }));
  return expressions.find(({ expression }) => expression.test(name))?.model;
}

function priceOn(dated: Dated | undefined): Price | undefined {
  if (dated === undefined) return undefined;
  const [, input = 0, output = 0, cacheRead, cacheWrite, above, ...long] = dated;
  const price = ratesOf({ input, output, cacheRead, cacheWrite });
  if (above === undefined) return price;
  const [longInput = 0, longOutput = 0, longRead, longWrite] = long;
  const rates = { input: longInput, output: longOutput, cacheRead: longRead, cacheWrite: longWrite };
  return { ...price, long: { above, ...ratesOf(rates) } };
}
