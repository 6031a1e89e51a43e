import { describe, expect, it } from "vitest";
import { entitle, type Sold } from "./entitle.ts";
import { DEFAULT_SALES_PLANS, readSalesPlans } from "./plans.ts";

const NOW = Date.UTC(2026, 11, 31, 23, 59);
const DAY_MS = 86_400_000;
const team: Sold = {
  seller: "stripe",
  plan: "team",
  state: "active",
  seats: 3,
  overage: true,
  periodStart: NOW - DAY_MS,
  periodEnd: NOW + 30 * DAY_MS,
  pastDueSince: null,
};

describe("what a tenant may do", () => {
  it("is the free plan's month where nothing is bought, or it ended", () => {
    const free = {
      plan: "free",
      seller: "none",
      state: "active",
      includedMicroUsd: 5_000_000,
      overage: false,
    };
    const month = { periodStart: Date.UTC(2026, 11, 1), periodEnd: Date.UTC(2027, 0, 1) };

    expect(entitle(DEFAULT_SALES_PLANS, [], NOW)).toMatchObject({ ...free, ...month });
    expect(entitle(DEFAULT_SALES_PLANS, [{ ...team, state: "ended" }], NOW)).toMatchObject(free);
  });

  it("counts seats", () => {
    expect(entitle(DEFAULT_SALES_PLANS, [team], NOW)).toMatchObject({
      plan: "team",
      includedMicroUsd: 60_000_000,
    });
  });

  it.each([
    ["trialing", null, "active"],
    ["past_due", NOW - 6 * DAY_MS, "grace"],
    ["past_due", NOW - 7 * DAY_MS, "stopped"],
    ["unpaid", NOW, "stopped"],
  ] as const)("%s since %s is %s", (state, pastDueSince, expected) => {
    expect(entitle(DEFAULT_SALES_PLANS, [{ ...team, state, pastDueSince }], NOW).state).toBe(expected);
  });

  it("of two sellers is the one that includes more, and that is paid", () => {
    const business: Sold = { ...team, seller: "marketplace", plan: "business" };

    expect(entitle(DEFAULT_SALES_PLANS, [team, business], NOW).seller).toBe("marketplace");
    expect(entitle(DEFAULT_SALES_PLANS, [team, { ...business, plan: "team" }], NOW).seller).toBe("stripe");
    expect(
      entitle(
        DEFAULT_SALES_PLANS,
        [
          { ...team, state: "unpaid" },
          { ...team, seller: "marketplace" },
        ],
        NOW,
      ),
    ).toMatchObject({ seller: "marketplace", state: "active" });
  });

  it("has overage only where the plan has it", () => {
    const plans = readSalesPlans(
      '{"free": {"title": "F", "monthlyUsd": 0, "includedUsd": 1}, "team": {"title": "T", "monthlyUsd": 1, "includedUsd": 1}}',
    );

    expect(entitle(plans, [team], NOW).overage).toBe(false);
  });
});

it.each([
  ["{", "no JSON"],
  ['{"team": {"title": "T", "monthlyUsd": 1, "includedUsd": 1}}', "plan `free`"],
  ['{"free": {"title": "F", "monthlyUsd": 0, "includedUsd": -1}}', "includedUsd"],
])("plans %s are answered with what is wrong", (text, said) =>
  expect(() => readSalesPlans(text)).toThrow(said),
);
