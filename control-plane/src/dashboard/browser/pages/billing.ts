import type { Billing } from "@aicd/sdk";
import { type ComponentChild, h } from "preact";
import { useAction, useLoad } from "../load.ts";
import { Chip, Empty, Head, Out, show, Table, Time, Trouble } from "../parts.ts";
import type { Here } from "../session.ts";
import { money } from "../words.ts";

const TONES = { active: "good", grace: "asks", stopped: "bad" } as const;
const STATES = {
  active: "Active",
  grace: "A payment failed; work goes on for now",
  stopped: "Stopped: a payment failed",
} as const;

/** The plan, what is used of it, what it cost, and the way to Stripe's pages. */
export function BillingPage({ here }: { here: Here }): ComponentChild {
  const { client, org } = here;
  const loaded = useLoad(org.id, () => client.getBilling({ org: org.id }));
  return h(
    "div",
    null,
    h(Head, { title: "Billing", note: `What ${org.login} pays for.` }),
    show(loaded, (billing) => [
      h(Plan, { here, billing }),
      here.may("billing.write") && h(Ways, { here, billing, again: loaded.again }),
      h(Invoices, { billing }),
    ]),
  );
}

function Plan({ billing }: { here: Here; billing: Billing }): ComponentChild {
  const { merged } = billing;
  const title = billing.plans.find(({ name }) => name === billing.plan)?.title ?? billing.plan;
  const each = merged.pullRequests === 0 ? "none was merged" : money(merged.microUsd / merged.pullRequests);
  return h(
    "section",
    { class: "card" },
    h(
      "div",
      { class: "split" },
      h("h2", null, title),
      h(Chip, { tone: TONES[billing.state] }, STATES[billing.state]),
    ),
    h(
      "dl",
      { class: "figures" },
      figure(
        "Used of what is included",
        `${money(Math.max(0, billing.usedMicroUsd))} of ${money(billing.includedMicroUsd)}`,
      ),
      figure("Beyond it", billing.overage ? "is billed" : "work stops"),
      figure("Per merged pull request, last 30 days", each),
    ),
    h("p", null, "The period ends ", h(Time, { at: billing.periodEnd }), "."),
  );
}

function Ways({ here, billing, again }: { here: Here; billing: Billing; again: () => void }): ComponentChild {
  const { client, org } = here;
  const leave = (url: string | null) => {
    if (url !== null) location.assign(url);
  };
  const buy = useAction(async (plan: string) =>
    leave((await client.openCheckout({ org: org.id, body: { plan, seats: 1 } })).url),
  );
  const portal = useAction(async () => leave((await client.openCustomerPortal({ org: org.id })).url));
  const overage = useAction(async () => {
    await client.setOverage({ org: org.id, body: { overage: !billing.overage } });
    again();
  });
  const sold = billing.plans.filter(({ monthlyUsd }) => monthlyUsd > 0);
  return h(
    "section",
    { class: "card" },
    h("h2", null, "Change"),
    h(Trouble, { error: buy.error ?? portal.error ?? overage.error }),
    billing.seller === "stripe"
      ? [
          h(
            "button",
            { type: "button", onClick: () => portal.run(undefined) },
            "Plan, card and invoices at Stripe",
          ),
          h(
            "button",
            { type: "button", onClick: () => overage.run(undefined) },
            billing.overage ? "Stop work behind the plan" : "Bill what goes beyond the plan",
          ),
        ]
      : sold.map(({ name, title, monthlyUsd, perSeat }) =>
          h(
            "button",
            { type: "button", onClick: () => buy.run(name) },
            `${title}: $${monthlyUsd} a month${perSeat ? " for a seat" : ""}`,
          ),
        ),
  );
}

function Invoices({ billing }: { billing: Billing }): ComponentChild {
  type Item = Billing["invoices"][number];
  if (billing.invoices.length === 0) {
    return h(Empty, { title: "There are no invoices" }, "They appear here when a plan is bought by Stripe.");
  }
  return h(Table<Item>, {
    label: "Invoices",
    rows: billing.invoices,
    keyOf: ({ number, createdAt }) => number ?? createdAt,
    columns: [
      {
        title: "Number",
        cell: ({ number, url }) => (url === null ? number : h(Out, { href: url }, number ?? "draft")),
      },
      { title: "Of", cell: ({ createdAt }) => h(Time, { at: createdAt }) },
      { title: "State", cell: ({ status }) => status },
      { title: "Total", number: true, cell: ({ totalCents }) => money(totalCents * 10_000) },
    ],
  });
}

function figure(name: string, value: string): ComponentChild {
  return h("div", { class: "card" }, h("dt", null, name), h("dd", null, value));
}
