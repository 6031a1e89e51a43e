import { describe, expect, it } from "vitest";
import { createPriceBook, DEAREST, LIST_PRICES } from "./book.ts";
import { LISTED } from "./listed.ts";
import { readOwnPrices } from "./own.ts";

const { isPriced, priceOf, priceTokens, priceWorst } = LIST_PRICES;
const million = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0 };

describe("the price list", () => {
  it.each([
    ["claude-opus-5-5", 4, 20],
    ["claude-sonnet-5", 2, 10],
    ["claude-sonnet-5-5", 2, 10],
    ["claude-sonnet-4-5-20250929", 3, 15],
    ["claude-haiku-4-5@20251001", 1, 5],
    ["claude-opus-4-1", 15, 75],
    ["gpt-5.5", 5, 30],
    ["gpt-5.5-2026-04-23", 5, 30],
    ["gpt-5.2-2027-01-01", 1.75, 14],
    ["gpt-5.5-pro", 30, 180],
    ["gpt-5.1-codex-latest", 1.25, 10],
    ["gemini-2.5-flash", 0.3, 2.5],
    ["deepseek-reasoner", 0.55, 2.19],
  ])("has %s", (model, input, output) => {
    expect(priceOf(model)).toMatchObject({ input: input * 1e6, output: output * 1e6 });
  });

  it.each([
    "gpt-5.9",
    "gpt-5-huge",
    "gpt-5.5-pro-max",
    "claude-sonnet-5-7",
    "claude-opus-4-9",
    "claude-sonnet-4-5-1",
    "constructor",
    "",
  ])("takes %s for no cheaper relative, but for a stranger", (model) => {
    expect([isPriced(model), priceOf(model)]).toEqual([false, DEAREST]);
  });

  it("is what its own names find", () => {
    for (const [names, ...dated] of LISTED) {
      expect(() => new RegExp(names)).not.toThrow();
      expect(dated.map(([from]) => from)).toEqual(dated.map(([from]) => from).toSorted());
      for (const [, ...dollars] of dated) expect([4, 9]).toContain(dollars.length);
    }
  });

  it("changes on the day on which the vendor changes a price", () => {
    const on = (day: string) => createPriceBook(undefined, () => Date.parse(day));
    const asked = { input: 300_000, output: 0, cacheRead: 0, cacheWrite: 0 };

    expect(on("2026-03-12").priceTokens("claude-opus-4-6", asked)).toBe(3_000_000);
    expect(on("2026-03-13").priceTokens("claude-opus-4-6", asked)).toBe(1_500_000);
  });

  it("is dearer for a long conversation, cached or not, where the vendor has it so", () => {
    const of = (cacheRead: number) =>
      priceTokens("gpt-5.5", { input: 1_000, output: 1_000, cacheRead, cacheWrite: 0 });

    expect(of(0)).toBe(35_000);
    expect(of(271_000)).toBe(10_000 + 45_000 + 271_000);
    expect(of(270_999)).toBe(35_000 + Math.ceil(270_999 / 2));
  });

  it("rounds up once, so that no call is free", () => {
    expect(priceTokens("claude-haiku-4-5", { input: 1, output: 0, cacheRead: 0, cacheWrite: 0 })).toBe(1);
  });

  it.each(["claude-sonnet-5-5", "claude-sonnet-4-5", "gpt-5.5", "nobody-knows"])(
    "of %s is never more than was held for the call",
    (model) => {
      const held = priceWorst(model, { input: 300_000, output: 1_000 });

      for (const [input, cacheRead, cacheWrite] of [
        [300_000, 0, 0],
        [0, 300_000, 0],
        [0, 0, 300_000],
        [100, 100, 299_800],
        [199_000, 0, 0],
      ] as const) {
        expect(priceTokens(model, { input, output: 1_000, cacheRead, cacheWrite })).toBeLessThanOrEqual(held);
      }
    },
  );
});

describe("an operator's prices", () => {
  it("come before the list, for releases of a model too, and leave the rest", () => {
    const own = readOwnPrices(
      '{"gpt-5": {"input": 9, "output": 9.5}, "ours": {"input": 0.1, "output": 0.2}}',
    );
    const book = createPriceBook(own);

    expect(book.priceTokens("gpt-5", million)).toBe(9_000_000);
    expect(book.priceTokens("gpt-5-2025-08-07", million)).toBe(9_000_000);
    expect(book.priceTokens("ours", million)).toBe(100_000);
    expect(book.priceTokens("gpt-5-mini", million)).toBe(priceTokens("gpt-5-mini", million));
  });

  it("may be dearer above a length", () => {
    const own = readOwnPrices(
      '{"ours": {"input": 1, "output": 2, "long": {"above": 500000, "input": 3, "output": 4}}}',
    );

    expect(createPriceBook(own).priceTokens("ours", million)).toBe(3_000_000);
  });

  it.each([
    ["{", "no JSON"],
    ['{"ours": {"input": -1, "output": 1}}', "ours.input"],
    ['{"ours": {"input": 1}}', "ours.output"],
    ['{"ours": {"input": 1, "output": 1, "cached": 1}}', "cached"],
  ])("%s is answered with what is wrong", (text, said) => expect(() => readOwnPrices(text)).toThrow(said));
});
