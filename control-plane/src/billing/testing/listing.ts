import { readSalesPlans } from "@aicd/core";

/** Plans as a listing on GitHub Marketplace may have them. */
export const PLANS_OF_LISTING = readSalesPlans(
  JSON.stringify({
    free: { title: "Free", monthlyUsd: 0, includedUsd: 1, marketplace: "Free" },
    team: {
      title: "Team",
      monthlyUsd: 12,
      perSeat: true,
      includedUsd: 10,
      overage: true,
      marketplace: "Team",
    },
  }),
);
